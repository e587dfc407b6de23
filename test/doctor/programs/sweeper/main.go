// Command sweeper calls runtime.GC after every few items, over a heap of some size.
package main

import (
	"runtime"

	"example.com/lab/harness"
)

type item struct {
	next *item
	data [48]byte
}

type sweeper struct {
	head *item
	n    int
}

func (s *sweeper) process(fixed bool) {
	for i := 0; i < 2000; i++ {
		s.head.data[i%48]++
		s.n += len(make([]byte, 200+i%50))
	}
	if !fixed {
		runtime.GC()
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	s := &sweeper{}
	for i := 0; i < 150000; i++ {
		s.head = &item{next: s.head}
	}
	for r.Alive() {
		s.process(r.Fixed)
	}
	r.Wait()
}
