// Command migrate locks each row for its whole run, with a deferred closure per row.
package main

import (
	"hash/fnv"
	"sync"

	"example.com/lab/harness"
)

type record struct {
	mu   sync.Mutex
	body [400]byte
	sum  uint64
}

type migration struct{ rows []*record }

func (m *migration) apply() {
	for _, row := range m.rows {
		row := row
		row.mu.Lock()
		defer func() { row.mu.Unlock() }()
		h := fnv.New64a()
		h.Write(row.body[:])
		row.sum = h.Sum64()
	}
}

func (m *migration) applyEach() {
	for _, row := range m.rows {
		row.mu.Lock()
		h := fnv.New64a()
		h.Write(row.body[:])
		row.sum = h.Sum64()
		row.mu.Unlock()
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	m := &migration{}
	for i := 0; i < 5000; i++ {
		m.rows = append(m.rows, &record{})
	}
	for r.Alive() {
		if r.Fixed {
			m.applyEach()
		} else {
			m.apply()
		}
	}
	r.Wait()
}
