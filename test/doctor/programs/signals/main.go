// Command signals registers a listener per window, and never removes one.
package main

import (
	"time"

	"example.com/lab/harness"
)

type window struct {
	title  string
	state  map[string]string
	canvas []uint32
}

type signal struct{ listeners []func(int) }

func (s *signal) connect(f func(int)) { s.listeners = append(s.listeners, f) }

func openWindow(s *signal, n int) *window {
	w := &window{title: "window", state: map[string]string{"a": "b"}, canvas: make([]uint32, 200+n%100)}
	s.connect(func(v int) { w.canvas[v%len(w.canvas)]++ })
	return w
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	s := &signal{}
	for n := 0; r.Alive(); n++ {
		for k := 0; k < 4; k++ {
			openWindow(s, n+k)
		}
		if r.Fixed {
			s.listeners = s.listeners[:0]
		}
		time.Sleep(2 * time.Millisecond)
	}
	r.Wait()
}
