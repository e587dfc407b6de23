// Command flags evaluates feature flags. A refresh rebuilds them while it holds the write lock.
package main

import (
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/lab/harness"
)

type ruleSet map[string]uint64

type store struct {
	mu    sync.RWMutex
	rules ruleSet
	live  atomic.Pointer[ruleSet]
}

var names = []string{"checkout", "search", "banner", "beta", "dark", "sepa", "gift", "maps"}

func build() ruleSet {
	out := ruleSet{}
	for _, n := range names {
		h := fnv.New64a()
		for i := 0; i < 30000; i++ {
			h.Write([]byte(n))
		}
		out[n] = h.Sum64()
	}
	return out
}

func (s *store) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = build()
}

func (s *store) enabled(name string, user uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rules[name]%97 > user%97
}

func (s *store) enabledNow(name string, user uint64) bool { return (*s.live.Load())[name]%97 > user%97 }

func main() {
	r := harness.Begin(harness.Plan{})
	s := &store{rules: build()}
	first := build()
	s.live.Store(&first)
	go func() {
		for r.Alive() {
			if r.Fixed {
				n := build()
				s.live.Store(&n)
			} else {
				s.reload()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for c := 0; c < 16; c++ {
		go func(c uint64) {
			for u := c; r.Alive(); u++ {
				for _, n := range names {
					if r.Fixed {
						s.enabledNow(n, u)
					} else {
						s.enabled(n, u)
					}
				}
				time.Sleep(300 * time.Microsecond)
			}
		}(uint64(c))
	}
	r.Wait()
}
