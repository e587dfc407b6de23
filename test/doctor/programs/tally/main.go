// Command tally counts in shards under locks that are hardly ever contended, beside real work. Healthy.
package main

import (
	"hash/fnv"
	"sync"

	"example.com/lab/harness"
)

type shard struct {
	mu sync.Mutex
	n  map[uint64]int
}

type tally struct{ shards [32]shard }

func (t *tally) add(word []byte) {
	h := fnv.New64a()
	for k := 0; k < 30; k++ {
		h.Write(word)
	}
	v := h.Sum64()
	s := &t.shards[v%32]
	s.mu.Lock()
	s.n[v%1000]++
	s.mu.Unlock()
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	t := &tally{}
	for i := range t.shards {
		t.shards[i].n = map[uint64]int{}
	}
	var wg sync.WaitGroup
	for w := 0; w < 4; w++ {
		wg.Add(1)
		go func(w int) {
			defer wg.Done()
			word := []byte("counted word")
			for n := w; r.Alive(); n++ {
				word[n%12] = byte(n)
				t.add(word)
			}
		}(w)
	}
	wg.Wait()
	r.Wait()
}
