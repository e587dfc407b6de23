// Command clockwork is 25 periodic tasks with tickers and sleeps. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

type task struct {
	every time.Duration
	runs  int
}

func (t *task) loop() {
	tick := time.NewTicker(t.every)
	defer tick.Stop()
	for range tick.C {
		for i := 0; i < 5000; i++ {
			t.runs += i & 1
		}
	}
}

func heartbeat(r *harness.Run) {
	for r.Alive() {
		time.Sleep(30 * time.Millisecond)
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4, Snapshots: 3})
	for i := 1; i <= 20; i++ {
		t := &task{every: time.Duration(i*7) * time.Millisecond}
		go t.loop()
	}
	for i := 0; i < 5; i++ {
		go heartbeat(r)
	}
	r.Wait()
}
