// Command dictionary looks words up and makes answers, with the collector set to run very often.
package main

import (
	"strconv"

	"example.com/lab/dictionary/internal/tuning"
	"example.com/lab/harness"
)

type answer struct {
	words [6]string
	score float64
}

var table = map[int]string{}

var last *answer

//go:noinline
func define(n int) *answer {
	a := &answer{}
	for i := range a.words {
		a.words[i] = table[(n+i*31)%20000]
		a.score += float64(len(a.words[i])*n) / 3
	}
	last = a
	return a
}

func main() {
	r := harness.Begin(harness.Plan{})
	if !r.Fixed {
		tuning.Apply()
	}
	for i := 0; i < 20000; i++ {
		table[i] = "word" + strconv.Itoa(i)
	}
	for n := 0; r.Alive(); n++ {
		define(n)
	}
	r.Wait()
}
