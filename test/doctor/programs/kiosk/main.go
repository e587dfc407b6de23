// Command kiosk has sixteen tills that write to one log, behind the lock of a slow writer.
package main

import (
	"log"
	"time"

	"example.com/lab/harness"
)

type slowWriter struct{}

func (slowWriter) Write(p []byte) (int, error) {
	time.Sleep(500 * time.Microsecond)
	return len(p), nil
}

type till struct{ log *log.Logger }

func (t *till) sell(n int, fixed bool) {
	for i := 0; i < 2000; i++ {
		n ^= i
	}
	if !fixed || n%200 == 0 {
		t.log.Print("sold one")
	}
	if fixed {
		time.Sleep(time.Millisecond)
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	t := &till{log.New(slowWriter{}, "", 0)}
	for c := 0; c < 16; c++ {
		go func(c int) {
			for n := c; r.Alive(); n++ {
				t.sell(n, r.Fixed)
			}
		}(c)
	}
	r.Wait()
}
