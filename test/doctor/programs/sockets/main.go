// Command sockets closes in finalizers; the first one waits for an acknowledgement that never comes.
package main

import (
	"runtime"
	"time"

	"example.com/lab/harness"
)

type socket struct {
	buf [1500]byte
	ack chan struct{}
}

func (s *socket) shut() { <-s.ack }

func openSocket(fixed bool) *socket {
	s := &socket{ack: make(chan struct{}, 1)}
	if fixed {
		s.ack <- struct{}{}
	}
	runtime.SetFinalizer(s, (*socket).shut)
	return s
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	for n := 0; r.Alive(); n++ {
		openSocket(r.Fixed)
		if n%8 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	r.Wait()
}
