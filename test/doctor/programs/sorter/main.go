// Command sorter is a merge sort that starts a goroutine for each half, down to single items.
package main

import (
	"sort"

	"example.com/lab/harness"
)

func merge(a, b, out []int) {
	i, j := 0, 0
	for k := range out {
		if j >= len(b) || i < len(a) && a[i] <= b[j] {
			out[k], i = a[i], i+1
		} else {
			out[k], j = b[j], j+1
		}
	}
}

func sortParallel(xs, tmp []int) {
	if len(xs) < 2 {
		return
	}
	m := len(xs) / 2
	done := make(chan struct{})
	go func() {
		sortParallel(xs[:m], tmp[:m])
		done <- struct{}{}
	}()
	sortParallel(xs[m:], tmp[m:])
	<-done
	merge(xs[:m], xs[m:], tmp)
	copy(xs, tmp)
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	xs, tmp := make([]int, 20000), make([]int, 20000)
	for round := 0; r.Alive(); round++ {
		for i := range xs {
			xs[i] = (i * 7919) ^ round
		}
		if r.Fixed {
			sort.Ints(xs)
		} else {
			sortParallel(xs, tmp)
		}
	}
	r.Wait()
}
