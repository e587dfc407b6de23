// Command chess searches moves. Every move is an object of its own.
package main

import (
	"sync"

	"example.com/lab/chess/internal/movegen"
	"example.com/lab/harness"
)

type engine struct{ best int32 }

func (e *engine) search(b *movegen.Board, depth int, fixed bool) {
	if fixed {
		for _, m := range b.MovesInto(depth) {
			if m.Score > e.best {
				e.best = m.Score
			}
		}
		return
	}
	for _, m := range b.Moves(depth) {
		if m.Score > e.best {
			e.best = m.Score
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	var wg sync.WaitGroup
	for p := 0; p < 2; p++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			e, b := &engine{}, movegen.NewBoard()
			for depth := 0; r.Alive(); depth++ {
				e.search(b, depth, r.Fixed)
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
