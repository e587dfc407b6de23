// Command dedupe remembers every id that it has ever seen, in a map.
package main

import (
	"strconv"
	"time"

	"example.com/lab/harness"
)

type seenSet struct {
	ids  map[string]time.Time
	most int
}

func (s *seenSet) first(id string) bool {
	if _, ok := s.ids[id]; ok {
		return false
	}
	s.ids[id] = time.Now()
	if s.most > 0 && len(s.ids) > s.most {
		for k := range s.ids {
			delete(s.ids, k)
			break
		}
	}
	return true
}

func requestID(n int) string { return "req-" + strconv.Itoa(n) + "-0123456789abcdef" }

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	s := &seenSet{ids: map[string]time.Time{}}
	if r.Fixed {
		s.most = 1000
	}
	for n := 0; r.Alive(); {
		for k := 0; k < 60; k++ {
			s.first(requestID(n))
			n++
		}
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
