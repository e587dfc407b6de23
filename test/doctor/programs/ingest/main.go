// Command ingest has twelve readers and one indexer that cannot keep up.
package main

import (
	"time"

	"example.com/lab/harness"
	"example.com/lab/ingest/internal/index"
)

func readSource(in chan<- index.Doc, n int, r *harness.Run) {
	var d index.Doc
	for i := n; r.Alive(); i++ {
		d.Body[i%2048] = byte(i)
		in <- d
		if r.Fixed {
			time.Sleep(2 * time.Millisecond)
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	in := make(chan index.Doc, 100)
	rounds := 400
	if r.Fixed {
		rounds = 1
	}
	go index.New(rounds).Drain(in)
	for n := 0; n < 12; n++ {
		go readSource(in, n, r)
	}
	r.Wait()
}
