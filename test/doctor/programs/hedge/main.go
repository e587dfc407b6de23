// Command hedge asks three replicas at once, and forgets two of them.
package main

import (
	"time"

	"example.com/lab/harness"
	"example.com/lab/hedge/internal/hedge"
)

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	var replicas []hedge.Replica
	for i := 0; i < 3; i++ {
		delay := time.Duration(i+1) * 2 * time.Millisecond
		replicas = append(replicas, func(key int) string {
			time.Sleep(delay)
			return "answer"
		})
	}
	room := 0
	if r.Fixed {
		room = len(replicas)
	}
	for c := 0; c < 3; c++ {
		go func() {
			for k := 0; r.Alive(); k++ {
				hedge.First(replicas, k, room)
				time.Sleep(10 * time.Millisecond)
			}
		}()
	}
	r.Wait()
}
