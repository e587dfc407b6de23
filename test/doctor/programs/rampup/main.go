// Command rampup gets more connections and workers in its first second, and keeps them. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

type member struct {
	inbox chan int
	state [300]byte
}

func (m *member) run() {
	for v := range m.inbox {
		m.state[v%300]++
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 4})
	var all []*member
	for n := 0; r.Alive(); n++ {
		if len(all) < 400 && r.Elapsed() < 0.3 {
			m := &member{inbox: make(chan int, 4)}
			all = append(all, m)
			go m.run()
		}
		all[n%len(all)].inbox <- n
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
