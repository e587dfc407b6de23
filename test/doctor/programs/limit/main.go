// Command limit runs with a memory limit that its live data nearly fill.
package main

import (
	"runtime/debug"

	"example.com/lab/harness"
)

type record struct {
	left, right *record
	key         int
}

func grow(depth int) *record {
	if depth == 0 {
		return nil
	}
	return &record{grow(depth - 1), grow(depth - 1), depth}
}

var sinkBytes []byte

func answer(n int) { sinkBytes = make([]byte, 512+n%512) }

func main() {
	r := harness.Begin(harness.Plan{})
	tree := grow(20)
	if !r.Fixed {
		debug.SetMemoryLimit(34 << 20)
	}
	for n := 0; r.Alive(); n++ {
		answer(n)
	}
	_ = tree.key
	r.Wait()
}
