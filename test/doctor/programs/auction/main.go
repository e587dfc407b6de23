// Command auction takes bids from many users at once, into one book with one lock.
package main

import (
	"sync"

	"example.com/lab/auction/internal/book"
	"example.com/lab/harness"
)

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	b := book.New(r.Fixed)
	var wg sync.WaitGroup
	for u := 0; u < 24; u++ {
		wg.Add(1)
		go func(u int) {
			defer wg.Done()
			for i := u; r.Alive(); i++ {
				b.Place(book.Bid{User: u, Cents: i * 7919 % 100003})
			}
		}(u)
	}
	wg.Wait()
	r.Wait()
}
