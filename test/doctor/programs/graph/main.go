// Command graph builds a large graph once and computes ranks in rounds with one goroutine per processor. Healthy.
package main

import (
	"sync"

	"example.com/lab/harness"
)

type vertex struct {
	out  []*vertex
	rank float64
	next float64
}

func build(n int) []*vertex {
	all := make([]*vertex, n)
	for i := range all {
		all[i] = &vertex{rank: 1}
	}
	for i, v := range all {
		v.out = make([]*vertex, 0, 5)
		for k := 1; k <= 5; k++ {
			v.out = append(v.out, all[(i*k*7919+k)%n])
		}
	}
	return all
}

func rankPart(part []*vertex, wg *sync.WaitGroup) {
	defer wg.Done()
	for _, v := range part {
		s := 0.15
		for _, o := range v.out {
			s += 0.85 * o.rank / 5
		}
		v.next = s
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	all := build(200000)
	for r.Alive() {
		var wg sync.WaitGroup
		for p := 0; p < 2; p++ {
			wg.Add(1)
			go rankPart(all[p*len(all)/2:(p+1)*len(all)/2], &wg)
		}
		wg.Wait()
		for _, v := range all {
			v.rank = v.next
		}
	}
	r.Wait()
}
