// Command presence starts a heartbeat per session and forgets to tell it when the session ends.
package main

import (
	"time"

	"example.com/lab/harness"
)

type session struct {
	id   int
	done chan struct{}
	ping chan int
}

func (s *session) heartbeat() {
	for {
		select {
		case <-s.done:
			return
		case n := <-s.ping:
			s.id += n
		case <-time.After(30 * time.Second):
			s.id++
		}
	}
}

func login(id int) *session {
	s := &session{id: id, done: make(chan struct{}), ping: make(chan int)}
	go s.heartbeat()
	return s
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	for id := 0; r.Alive(); id++ {
		s := login(id)
		s.ping <- 1
		if r.Fixed {
			close(s.done)
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.Wait()
}
