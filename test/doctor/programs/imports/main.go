// Command imports loads a large file at start and then serves lookups quietly. Healthy.
package main

import (
	"strconv"
	"strings"
	"time"

	"example.com/lab/harness"
)

type item struct {
	id   int
	name string
}

func parseAll(text string) map[int]*item {
	out := map[int]*item{}
	for _, line := range strings.Split(text, "\n") {
		k, v, ok := strings.Cut(line, ";")
		if !ok {
			continue
		}
		id, _ := strconv.Atoi(k)
		out[id] = &item{id, v}
	}
	return out
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	var b strings.Builder
	for i := 0; i < 200000; i++ {
		b.WriteString(strconv.Itoa(i))
		b.WriteString(";some name of an item\n")
	}
	table := parseAll(b.String())
	n := 0
	for r.Alive() {
		for k := 0; k < 200; k++ {
			n += table[(n*7919+k)%200000].id & 1
		}
		time.Sleep(2 * time.Millisecond)
	}
	r.Wait()
}
