// Command stock has a hundred clients that want one counter behind one mutex for a longer while.
package main

import (
	"sync"
	"sync/atomic"

	"example.com/lab/harness"
)

type shelf struct {
	mu    sync.Mutex
	items map[string]int
	fast  atomic.Int64
}

func (s *shelf) reserve(id string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.items {
		n += len(k)
	}
	s.items[id]++
	return n
}

func (s *shelf) reserveFast() { s.fast.Add(1) }

func client(s *shelf, id string, r *harness.Run) {
	x := 0
	for r.Alive() {
		if r.Fixed {
			s.reserveFast()
		} else {
			s.reserve(id)
		}
		for i := 0; i < 500; i++ {
			x += i
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{BlockRate: -1, MutexRate: 1})
	s := &shelf{items: map[string]int{}}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		for k := 0; k < 12; k++ {
			go client(s, id+string(rune('a'+k)), r)
		}
	}
	r.Wait()
}
