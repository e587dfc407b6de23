// Command nested walks deeply nested documents by recursion, each in a goroutine of its own.
package main

import (
	"sync"

	"example.com/lab/harness"
)

type node struct {
	child *node
	value int
}

type walker struct{ pad [6]int }

func (w walker) sum(n *node, depth int) int {
	if n == nil {
		return depth
	}
	w.pad[depth%6]++
	s := w.sum(n.child, depth+1)
	return s + n.value + w.pad[depth%6]
}

func flat(n *node) (s int) {
	for ; n != nil; n = n.child {
		s += n.value
	}
	return s
}

func visit(root *node, fixed bool) {
	if fixed {
		for k := 0; k < 20; k++ {
			flat(root)
		}
		return
	}
	walker{}.sum(root, 0)
}

func main() {
	r := harness.Begin(harness.Plan{})
	var root *node
	for i := 0; i < 15000; i++ {
		root = &node{root, i}
	}
	for r.Alive() {
		var wg sync.WaitGroup
		for k := 0; k < 6; k++ {
			wg.Add(1)
			go func() { visit(root, r.Fixed); wg.Done() }()
		}
		wg.Wait()
	}
	r.Wait()
}
