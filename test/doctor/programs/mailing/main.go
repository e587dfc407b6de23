// Command mailing starts a sender per campaign; its queue is never closed.
package main

import (
	"time"

	"example.com/lab/harness"
)

type campaign struct{ queue chan string }

func (c *campaign) deliver() {
	for to := range c.queue {
		_ = to
	}
}

func send(fixed bool) {
	c := &campaign{queue: make(chan string, 4)}
	go c.deliver()
	for i := 0; i < 3; i++ {
		c.queue <- "someone@example.com"
	}
	if fixed {
		close(c.queue)
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 4})
	for r.Alive() {
		send(r.Fixed)
		time.Sleep(5 * time.Millisecond)
	}
	r.Wait()
}
