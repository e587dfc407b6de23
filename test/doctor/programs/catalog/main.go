// Command catalog reads under an RWMutex that is seldom and briefly written. Healthy.
package main

import (
	"sync"
	"time"

	"example.com/lab/harness"
)

type catalog struct {
	mu    sync.RWMutex
	price map[int]int
}

func (c *catalog) lookup(id int) int {
	c.mu.RLock()
	p := c.price[id]
	c.mu.RUnlock()
	for i := 0; i < 3000; i++ {
		p = p*31 + i
	}
	return p
}

func (c *catalog) set(id, p int) {
	c.mu.Lock()
	c.price[id] = p
	c.mu.Unlock()
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	c := &catalog{price: map[int]int{}}
	for w := 0; w < 6; w++ {
		go func(w int) {
			for n := w; r.Alive(); n++ {
				c.lookup(n % 1000)
			}
		}(w)
	}
	for n := 0; r.Alive(); n++ {
		c.set(n%1000, n)
		time.Sleep(20 * time.Millisecond)
	}
	r.Wait()
}
