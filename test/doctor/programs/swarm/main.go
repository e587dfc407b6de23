// Command swarm starts a goroutine for each tiny event of a stream.
package main

import (
	"sync"
	"sync/atomic"

	"example.com/lab/harness"
)

type swarm struct{ total atomic.Int64 }

func (s *swarm) react(e int) { s.total.Add(int64(e & 3)) }

func (s *swarm) dispatch(events []int, fixed bool) {
	var wg sync.WaitGroup
	if fixed {
		wg.Add(2)
		for h := 0; h < 2; h++ {
			go func(part []int) {
				defer wg.Done()
				for k := 0; k < 200; k++ {
					for _, e := range part {
						s.react(e)
					}
				}
			}(events[h*len(events)/2 : (h+1)*len(events)/2])
		}
		wg.Wait()
		return
	}
	for _, e := range events {
		wg.Add(1)
		go func(e int) {
			defer wg.Done()
			s.react(e)
		}(e)
	}
	wg.Wait()
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	s := &swarm{}
	events := make([]int, 2000)
	for i := range events {
		events[i] = i
	}
	for r.Alive() {
		s.dispatch(events, r.Fixed)
	}
	r.Wait()
}
