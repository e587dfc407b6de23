// Command assay prepares samples in main (slow) and measures them in workers (quick) that wait in a select.
package main

import (
	"crypto/sha256"
	"sync"

	"example.com/lab/harness"
)

type sample struct{ digest [32]byte }

type lab struct {
	in   chan *sample
	raw  chan int
	quit chan struct{}
}

func prepare(n int) *sample {
	s := &sample{}
	var b [4096]byte
	b[0] = byte(n)
	for k := 0; k < 30; k++ {
		s.digest = sha256.Sum256(b[:])
		b[1] = s.digest[0]
	}
	return s
}

func (l *lab) measure(wg *sync.WaitGroup) {
	defer wg.Done()
	sum := 0
	for {
		select {
		case s := <-l.in:
			sum += int(s.digest[3])
		case n := <-l.raw:
			sum += int(prepare(n).digest[3])
		case <-l.quit:
			return
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	l := &lab{make(chan *sample), make(chan int), make(chan struct{})}
	var wg sync.WaitGroup
	for w := 0; w < 5; w++ {
		wg.Add(1)
		go l.measure(&wg)
	}
	for n := 0; r.Alive(); n++ {
		if r.Fixed {
			l.raw <- n
		} else {
			l.in <- prepare(n)
		}
	}
	close(l.quit)
	wg.Wait()
	r.Wait()
}
