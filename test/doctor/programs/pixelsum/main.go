// Command pixelsum takes a mutex for every pixel that it adds; each worker has a histogram of its own.
package main

import (
	"sync"

	"example.com/lab/harness"
)

type histogram struct {
	mu   sync.Mutex
	bins [256]int
}

func (h *histogram) add(v byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bins[v]++
}

func scan(h *histogram, img []byte, fixed bool) {
	if fixed {
		var local [256]int
		for _, v := range img {
			local[v]++
		}
		h.mu.Lock()
		for i, n := range local {
			h.bins[i] += n
		}
		h.mu.Unlock()
		return
	}
	for _, v := range img {
		h.add(v)
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			h, img := &histogram{}, make([]byte, 1<<16)
			for r.Alive() {
				scan(h, img, r.Fixed)
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
