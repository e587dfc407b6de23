// Command lostlock forgets to unlock on an early return: everyone who comes later waits for ever.
package main

import (
	"sync"
	"time"

	"example.com/lab/harness"
)

type account struct {
	mu    sync.Mutex
	cents int
}

func (a *account) withdraw(n int, fixed bool) bool {
	a.mu.Lock()
	if n > a.cents {
		if fixed {
			a.mu.Unlock()
		}
		return false
	}
	a.cents -= n
	a.mu.Unlock()
	return true
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	a := &account{cents: 100}
	for r.Alive() {
		go a.withdraw(30, r.Fixed)
		time.Sleep(5 * time.Millisecond)
	}
	r.Wait()
}
