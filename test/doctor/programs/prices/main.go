// Command prices saves its table while it holds the write lock.
package main

import (
	"sync"
	"time"

	"example.com/lab/harness"
)

type table struct {
	sync.RWMutex
	rows map[string]int
}

func save(map[string]int) { time.Sleep(15 * time.Millisecond) }

func (t *table) update(k string, v int, fixed bool) {
	t.Lock()
	t.rows[k] = v
	if !fixed {
		save(t.rows)
	}
	t.Unlock()
	if fixed {
		save(nil)
	}
}

func (t *table) quote(k string) int {
	t.RLock()
	v := t.rows[k]
	t.RUnlock()
	return v
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	t := &table{rows: map[string]int{}}
	go func() {
		for n := 0; r.Alive(); n++ {
			t.update("bread", n, r.Fixed)
			time.Sleep(10 * time.Millisecond)
		}
	}()
	for c := 0; c < 20; c++ {
		go func() {
			for r.Alive() {
				t.quote("bread")
				time.Sleep(time.Millisecond)
			}
		}()
	}
	r.Wait()
}
