// Command crawl parses pages in one goroutine and counts words in eight.
package main

import (
	"bytes"
	"hash/fnv"
	"sync"

	"example.com/lab/harness"
)

type document struct{ words [][]byte }

type crawler struct {
	pages chan []byte
	docs  chan document
}

func parsePage(p []byte) document {
	var d document
	for pass := 0; pass < 6; pass++ {
		d.words = bytes.Fields(p)
	}
	return d
}

func (c *crawler) parseLoop() {
	for p := range c.pages {
		c.docs <- parsePage(p)
	}
	close(c.docs)
}

func (c *crawler) countWords(wg *sync.WaitGroup) {
	defer wg.Done()
	for d := range c.docs {
		h := fnv.New32a()
		for _, w := range d.words[:len(d.words)/8] {
			h.Write(w)
		}
	}
}

// parseAndCount is the repair: each worker parses for itself.
func (c *crawler) parseAndCount(wg *sync.WaitGroup) {
	defer wg.Done()
	for p := range c.pages {
		d := parsePage(p)
		h := fnv.New32a()
		for _, w := range d.words[:len(d.words)/8] {
			h.Write(w)
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	c := &crawler{pages: make(chan []byte, 16), docs: make(chan document, 16)}
	page := bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog "), 2000)
	var wg sync.WaitGroup
	if !r.Fixed {
		go c.parseLoop()
	}
	for w := 0; w < 8; w++ {
		wg.Add(1)
		if r.Fixed {
			go c.parseAndCount(&wg)
		} else {
			go c.countWords(&wg)
		}
	}
	for r.Alive() {
		c.pages <- page
	}
	close(c.pages)
	wg.Wait()
	r.Wait()
}
