// Command snapshot makes a huge copy of its state once, a second after it began, and then goes on quietly.
package main

import (
	"runtime"
	"time"

	"example.com/lab/harness"
)

type state struct{ pages [][]byte }

func (s *state) export(n int) int {
	for i := 0; i < n; i++ {
		p := make([]byte, 256<<10)
		for k := 0; k < len(p); k += 4096 {
			p[k] = byte(i)
		}
		s.pages = append(s.pages, p)
	}
	return len(s.pages)
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	n := 2800
	if r.Fixed {
		n = 60
	}
	time.Sleep(400 * time.Millisecond)
	s := &state{}
	s.export(n)
	s = nil
	runtime.GC()
	x := 0
	for r.Alive() {
		for i := 0; i < 20000; i++ {
			x += i
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.Wait()
}
