// Command encoder prepares frames in main and hands them to workers over a condition variable.
package main

import (
	"math"
	"sync"

	"example.com/lab/harness"
)

type board struct {
	mu     sync.Mutex
	cond   *sync.Cond
	frames [][]float64
	over   bool
}

func (b *board) work(wg *sync.WaitGroup, fixed bool) {
	defer wg.Done()
	for {
		b.mu.Lock()
		for len(b.frames) == 0 && !b.over {
			b.cond.Wait()
		}
		if b.over {
			b.mu.Unlock()
			return
		}
		f := b.frames[0]
		b.frames = b.frames[1:]
		b.mu.Unlock()
		if fixed {
			transform(f)
		}
		s := 0.0
		for _, v := range f[:64] {
			s += v
		}
	}
}

func transform(f []float64) {
	for i := range f {
		x := float64(i) / 100
		for k := 0; k < 12; k++ {
			x = math.Cos(x)*1.1 + float64(k)
		}
		f[i] = x
	}
}

func (b *board) put(f []float64) {
	b.mu.Lock()
	b.frames = append(b.frames, f)
	b.mu.Unlock()
	b.cond.Signal()
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	b := &board{}
	b.cond = sync.NewCond(&b.mu)
	var wg sync.WaitGroup
	for w := 0; w < 6; w++ {
		wg.Add(1)
		go b.work(&wg, r.Fixed)
	}
	for r.Alive() {
		f := make([]float64, 4000)
		if !r.Fixed {
			transform(f)
		} else {
			b.mu.Lock()
			full := len(b.frames) > 50
			b.mu.Unlock()
			if full {
				transform(f)
			}
		}
		b.put(f)
	}
	b.mu.Lock()
	b.over = true
	b.mu.Unlock()
	b.cond.Broadcast()
	wg.Wait()
	r.Wait()
}
