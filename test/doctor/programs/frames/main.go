// Command frames keeps the first bytes of network frames, and so the frames.
package main

import (
	"time"

	"example.com/lab/harness"
)

const frameSize = 16 << 10

type header []byte

type monitor struct{ headers map[int]header }

func receive(n int) []byte {
	f := make([]byte, frameSize)
	for i := 0; i < 64; i++ {
		f[i] = byte(n >> (i % 8))
	}
	return f
}

func (m *monitor) note(n int, fixed bool) {
	f := receive(n)
	h := header(f[:24])
	if fixed {
		h = append(header(nil), h...)
	}
	m.headers[n] = h
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	m := &monitor{map[int]header{}}
	for n := 0; r.Alive(); n++ {
		m.note(n, r.Fixed)
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
