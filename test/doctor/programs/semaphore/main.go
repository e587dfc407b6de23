// Command semaphore bounds how many of 40 goroutines work at once. Waiting for a place is meant. Healthy.
package main

import (
	"crypto/sha1"
	"sync"

	"example.com/lab/harness"
)

type slots chan struct{}

func (s slots) do(f func()) {
	s <- struct{}{}
	defer func() { <-s }()
	f()
}

func digest(b []byte) (sum [20]byte) {
	for k := 0; k < 20; k++ {
		sum = sha1.Sum(b)
	}
	return sum
}

func main() {
	r := harness.Begin(harness.Plan{})
	s := make(slots, 2)
	var wg sync.WaitGroup
	for g := 0; g < 40; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			b := make([]byte, 32<<10)
			for r.Alive() {
				s.do(func() { b[0] = digest(b)[0] })
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
