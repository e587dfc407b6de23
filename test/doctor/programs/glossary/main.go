// Command glossary reads under an RWMutex while an indexer rebuilds under the write lock all the time.
package main

import (
	"sort"
	"strconv"
	"sync"
	"time"

	"example.com/lab/harness"
)

type glossary struct {
	lock  sync.RWMutex
	terms []string
}

func makeTerms(n int) []string {
	out := make([]string, 0, 4000)
	for i := 0; i < 4000; i++ {
		out = append(out, strconv.Itoa((i*7919+n)%10007))
	}
	sort.Strings(out)
	return out
}

func (g *glossary) rebuild(n int, fixed bool) {
	if fixed {
		t := makeTerms(n)
		g.lock.Lock()
		g.terms = t
		g.lock.Unlock()
		return
	}
	g.lock.Lock()
	g.terms = makeTerms(n)
	g.lock.Unlock()
}

func (g *glossary) find(s string) bool {
	g.lock.RLock()
	i := sort.SearchStrings(g.terms, s)
	ok := i < len(g.terms) && g.terms[i] == s
	g.lock.RUnlock()
	return ok
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	g := &glossary{}
	go func() {
		for n := 0; r.Alive(); n++ {
			g.rebuild(n, r.Fixed)
			time.Sleep(time.Millisecond)
		}
	}()
	for c := 0; c < 10; c++ {
		go func(c int) {
			for n := c; r.Alive(); n++ {
				g.find("5000")
				if n%16 == 0 {
					time.Sleep(200 * time.Microsecond)
				}
			}
		}(c)
	}
	r.Wait()
}
