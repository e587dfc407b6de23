// Command buffers returns native memory in finalizers that take a lock which is mostly held.
package main

import (
	"runtime"
	"sync"
	"time"

	"example.com/lab/harness"
)

var arena sync.Mutex

type buffer struct{ data [2048]byte }

func giveBack(b *buffer) {
	arena.Lock()
	b.data[0] = 0
	arena.Unlock()
}

func acquire(fixed bool) *buffer {
	b := &buffer{}
	if !fixed {
		runtime.SetFinalizer(b, giveBack)
	}
	return b
}

var last *buffer

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 4})
	go func() {
		for r.Alive() {
			arena.Lock()
			time.Sleep(5 * time.Millisecond)
			arena.Unlock()
			runtime.Gosched()
		}
	}()
	for n := 0; r.Alive(); n++ {
		last = acquire(r.Fixed)
		if n%10 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	r.Wait()
}
