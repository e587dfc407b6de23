// Command idlepool has 300 goroutines that wait in a select for work that seldom comes. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

type hub struct {
	jobs chan int
	quit chan struct{}
}

func (h *hub) serve() {
	for {
		select {
		case n := <-h.jobs:
			for i := 0; i < 1000; i++ {
				n += i
			}
		case <-h.quit:
			return
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	h := &hub{make(chan int), make(chan struct{})}
	for i := 0; i < 300; i++ {
		go h.serve()
	}
	for r.Alive() {
		h.jobs <- 1
		time.Sleep(3 * time.Millisecond)
	}
	r.Wait()
}
