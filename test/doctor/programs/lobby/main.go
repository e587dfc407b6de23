// Command lobby waits for events with 120 goroutines in condition variables, tickers and selects. Healthy.
package main

import (
	"sync"
	"time"

	"example.com/lab/harness"
)

type room struct {
	mu    sync.Mutex
	cond  *sync.Cond
	guest int
}

func (rm *room) wait() {
	rm.mu.Lock()
	for {
		rm.cond.Wait()
		rm.guest++
	}
}

var rooms []*room

func watch(stop chan struct{}) {
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-stop:
			return
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	stop := make(chan struct{})
	for i := 0; i < 60; i++ {
		rm := &room{}
		rm.cond = sync.NewCond(&rm.mu)
		rooms = append(rooms, rm)
		go rm.wait()
		go watch(stop)
	}
	r.Wait()
	for _, rm := range rooms {
		rm.cond.Broadcast()
	}
	close(stop)
}
