// Command throttle sends mails at a limited rate: producers wait for their turn, as they are meant to. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

type limiter struct{ tokens chan struct{} }

func (l *limiter) fill(every time.Duration) {
	t := time.NewTicker(every)
	for range t.C {
		select {
		case l.tokens <- struct{}{}:
		default:
		}
	}
}

func (l *limiter) send(n int) int {
	<-l.tokens
	return n * n
}

func main() {
	r := harness.Begin(harness.Plan{})
	l := &limiter{make(chan struct{}, 5)}
	go l.fill(4 * time.Millisecond)
	for c := 0; c < 10; c++ {
		go func() {
			for n := 0; r.Alive(); n++ {
				l.send(n)
			}
		}()
	}
	r.Wait()
}
