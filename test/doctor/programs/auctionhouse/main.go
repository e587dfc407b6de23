// Command auctionhouse is a saturated pool of workers that share a queue and a few counters. Healthy.
package main

import (
	"sync"
	"sync/atomic"

	"example.com/lab/harness"
)

type house struct {
	lots  chan int
	mu    sync.Mutex
	sold  map[int]int
	count atomic.Int64
}

func appraise(n int) int {
	for i := 0; i < 40000; i++ {
		n = n*1103515245 + 12345
	}
	return n
}

func (h *house) sell(wg *sync.WaitGroup) {
	defer wg.Done()
	for n := range h.lots {
		p := appraise(n)
		h.mu.Lock()
		h.sold[n%100] += p
		h.mu.Unlock()
		h.count.Add(1)
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	h := &house{lots: make(chan int, 64), sold: map[int]int{}}
	var wg sync.WaitGroup
	for w := 0; w < 8; w++ {
		wg.Add(1)
		go h.sell(&wg)
	}
	for n := 0; r.Alive(); n++ {
		h.lots <- n
	}
	close(h.lots)
	wg.Wait()
	r.Wait()
}
