// Command scores reads a file of numbers with fmt.Fscan, which reads byte by byte.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"example.com/lab/harness"
)

func sumFile(in io.Reader) (sum int) {
	for {
		var n int
		if _, err := fmt.Fscan(in, &n); err != nil {
			return sum
		}
		sum += n
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	f, err := os.CreateTemp(".", "scores")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	for i := 0; i < 3000; i++ {
		fmt.Fprintln(f, i*7919%1000)
	}
	for r.Alive() {
		f.Seek(0, io.SeekStart)
		if r.Fixed {
			sumFile(bufio.NewReader(f))
		} else {
			sumFile(f)
		}
	}
	r.Wait()
}
