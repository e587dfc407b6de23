// Command quick sorts by recursion and walks balanced trees: recursion of a reasonable depth. Healthy.
package main

import (
	"sync"

	"example.com/lab/harness"
)

type tree struct {
	l, r *tree
	v    int
}

func build(n int) *tree {
	if n == 0 {
		return nil
	}
	return &tree{build(n / 2), build(n - n/2 - 1), n}
}

func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.l.sum() + t.v + t.r.sum()
}

func quicksort(xs []int) {
	for len(xs) > 12 {
		p := xs[len(xs)/2]
		i, j := 0, len(xs)-1
		for i <= j {
			for xs[i] < p {
				i++
			}
			for xs[j] > p {
				j--
			}
			if i <= j {
				xs[i], xs[j] = xs[j], xs[i]
				i++
				j--
			}
		}
		quicksort(xs[:j+1])
		xs = xs[i:]
	}
	for i := range xs {
		for k := i; k > 0 && xs[k] < xs[k-1]; k-- {
			xs[k], xs[k-1] = xs[k-1], xs[k]
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	t := build(200000)
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			xs := make([]int, 100000)
			for r.Alive() {
				for i := range xs {
					xs[i] = i * 7919 % 100003
				}
				quicksort(xs)
				t.sum()
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
