// Command copier copies files with large buffers. Most of its time is in the kernel, as it must be. Healthy.
package main

import (
	"io"
	"os"

	"example.com/lab/harness"
)

type job struct {
	from, to *os.File
	buf      []byte
}

func (j *job) copy() int64 {
	j.from.Seek(0, io.SeekStart)
	j.to.Seek(0, io.SeekStart)
	var total int64
	for {
		n, err := j.from.Read(j.buf)
		if n > 0 {
			j.to.Write(j.buf[:n])
			total += int64(n)
		}
		if err != nil {
			return total
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	a, err := os.CreateTemp(".", "copy")
	if err != nil {
		panic(err)
	}
	defer os.Remove(a.Name())
	b, err := os.CreateTemp(".", "copy")
	if err != nil {
		panic(err)
	}
	defer os.Remove(b.Name())
	a.Write(make([]byte, 8<<20))
	j := &job{a, b, make([]byte, 256<<10)}
	for r.Alive() {
		j.copy()
	}
	r.Wait()
}
