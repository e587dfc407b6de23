// Command roster keeps 30 MB and lets the collector run at GOGC=10.
package main

import (
	"runtime/debug"
	"sync"

	"example.com/lab/harness"
)

type shift struct {
	who  string
	days [12]int16
	next *shift
}

type plan struct{ all []*shift }

func (p *plan) suggest(n int) *shift {
	s := &shift{who: "somebody", next: p.all[n%len(p.all)]}
	for d := range s.days {
		s.days[d] = int16(n + d)
	}
	return s
}

var kept [2]*shift

func main() {
	r := harness.Begin(harness.Plan{})
	if !r.Fixed {
		debug.SetGCPercent(10)
	}
	p := &plan{}
	for i := 0; i < 400000; i++ {
		p.all = append(p.all, &shift{who: "x"})
	}
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			for n := w; r.Alive(); n++ {
				kept[w] = p.suggest(n)
			}
		}(w)
	}
	wg.Wait()
	r.Wait()
}
