// Command votes counts ballots. Each cell is read and written under a lock of its own that nobody else wants.
package main

import (
	"sync"

	"example.com/lab/harness"
)

type tally[K comparable] struct {
	mu    sync.RWMutex
	cells []int
}

//go:noinline
func (t *tally[K]) bump(k int) {
	t.mu.RLock()
	n := t.cells[k]
	t.mu.RUnlock()
	t.mu.Lock()
	t.cells[k] = n + 1
	t.mu.Unlock()
}

func (t *tally[K]) bumpAll(ballots []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range ballots {
		t.cells[b]++
	}
}

func countBox(t *tally[string], ballots []byte, fixed bool) {
	if fixed {
		t.bumpAll(ballots)
		return
	}
	for _, b := range ballots {
		t.bump(int(b))
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	ballots := make([]byte, 64<<10)
	for i := range ballots {
		ballots[i] = byte(i * i >> 3)
	}
	t := &tally[string]{cells: make([]int, 256)}
	for r.Alive() {
		countBox(t, ballots, r.Fixed)
	}
	r.Wait()
}
