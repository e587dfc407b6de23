// Command search matches compiled patterns and formats few results, on both processors. Healthy.
package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"example.com/lab/harness"
)

var word = regexp.MustCompile(`\b[A-Z][a-z]+\b`)

func find(text string) int { return len(word.FindAllStringIndex(text, -1)) }

func main() {
	r := harness.Begin(harness.Plan{})
	text := strings.Repeat("the Quick brown Fox jumps over the lazy Dog and runs away ", 500)
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for r.Alive() {
				fmt.Fprintf(io.Discard, "%d matches\n", find(text))
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
