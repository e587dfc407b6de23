// Command lookup gives up on slow answers; who answers late sends to nobody.
package main

import (
	"context"
	"errors"
	"time"

	"example.com/lab/harness"
)

type resolver struct{ delay time.Duration }

func (r *resolver) resolve(name string) string {
	time.Sleep(r.delay)
	return name + ".example"
}

var errLate = errors.New("late")

func (r *resolver) lookup(ctx context.Context, name string, fixed bool) (string, error) {
	room := 0
	if fixed {
		room = 1
	}
	answer := make(chan string, room)
	go func() { answer <- r.resolve(name) }()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return "", errLate
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	res := &resolver{15 * time.Millisecond}
	for c := 0; c < 3; c++ {
		go func() {
			for r.Alive() {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
				res.lookup(ctx, "host", r.Fixed)
				cancel()
			}
		}()
	}
	r.Wait()
}
