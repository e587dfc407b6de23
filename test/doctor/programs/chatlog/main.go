// Command chatlog appends short lines to a file with fmt.Fprintf.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"example.com/lab/harness"
)

type room struct {
	out  io.Writer
	line int
}

func (r *room) say(who, what string) {
	fmt.Fprintf(r.out, "%s: %s\n", who, what)
	r.line++
}

func main() {
	r := harness.Begin(harness.Plan{CPUShare: 0.8})
	f, err := os.CreateTemp(".", "chat")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	rm := &room{out: f}
	var buf *bufio.Writer
	if r.Fixed {
		buf = bufio.NewWriter(f)
		rm.out = buf
	}
	people := []string{"ann", "bo", "cy"}
	for i := 0; r.Alive(); i++ {
		rm.say(people[i%3], "hello there")
		if i%100000 == 0 {
			f.Truncate(0)
			f.Seek(0, io.SeekStart)
		}
	}
	if buf != nil {
		buf.Flush()
	}
	r.Wait()
}
