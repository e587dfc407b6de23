// Command feeds opens a feed per visitor. The context of a feed is never cancelled.
package main

import (
	"context"
	"time"

	"example.com/lab/harness"
)

type feed struct {
	items chan int
	seen  int
}

func (f *feed) pump(ctx context.Context) {
	tick := time.NewTicker(400 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.items:
			f.seen++
		case <-tick.C:
			f.seen--
		}
	}
}

func visit(fixed bool) {
	ctx, cancel := context.WithCancel(context.Background())
	if fixed {
		defer cancel()
	}
	_ = cancel
	f := &feed{items: make(chan int)}
	go f.pump(ctx)
	f.items <- 1
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3, Procs: 4})
	for r.Alive() {
		visit(r.Fixed)
		time.Sleep(4 * time.Millisecond)
	}
	r.Wait()
}
