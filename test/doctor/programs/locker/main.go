// Command locker hands out parcels. The shelf is locked while the (slow) door opens.
package main

import (
	"sync"
	"time"

	"example.com/lab/harness"
)

type shelf struct {
	sync.Mutex
	parcels map[int]string
	doors   [8]sync.Mutex
}

func openDoor() { time.Sleep(2 * time.Millisecond) }

func (s *shelf) collect(id int) string {
	s.Lock()
	p := s.parcels[id%50]
	openDoor()
	s.parcels[id%50] = p
	s.Unlock()
	return p
}

func (s *shelf) collectFast(id int) string {
	s.Lock()
	p := s.parcels[id%50]
	s.Unlock()
	openDoor()
	return p
}

func main() {
	r := harness.Begin(harness.Plan{})
	s := &shelf{parcels: map[int]string{}}
	for i := 0; i < 50; i++ {
		s.parcels[i] = "parcel"
	}
	for c := 0; c < 12; c++ {
		go func(c int) {
			for i := c; r.Alive(); i++ {
				if r.Fixed {
					s.collectFast(i)
				} else {
					s.collect(i)
				}
			}
		}(c)
	}
	r.Wait()
}
