// Command atlas has a large heap that does not change and answers queries from it. Healthy.
package main

import (
	"sort"
	"sync"

	"example.com/lab/harness"
)

type place struct {
	name string
	x, y float64
}

type atlas struct{ places []place }

func (a *atlas) near(x float64) int {
	i := sort.Search(len(a.places), func(i int) bool { return a.places[i].x >= x })
	best := 0.0
	for k := i; k < i+200 && k < len(a.places); k++ {
		best += a.places[k].y
	}
	return i + int(best)
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	a := &atlas{places: make([]place, 3000000)}
	for i := range a.places {
		a.places[i] = place{"somewhere", float64(i), float64(i % 90)}
	}
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			for n := w; r.Alive(); n++ {
				a.near(float64(n * 7919 % 3000000))
			}
		}(w)
	}
	wg.Wait()
	r.Wait()
}
