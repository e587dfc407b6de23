// Command relay has eight collectors behind one slow forwarder, with a full buffer in between.
package main

import (
	"compress/flate"
	"io"
	"time"

	"example.com/lab/harness"
)

type packet struct{ body []byte }

type forwarder struct {
	in  chan packet
	out *flate.Writer
}

func (f *forwarder) forward() {
	for p := range f.in {
		f.out.Write(p.body)
		f.out.Flush()
	}
}

func collect(in chan<- packet, r *harness.Run) {
	body := make([]byte, 8<<10)
	for n := 0; r.Alive(); n++ {
		for i := 0; i < len(body); i += 7 {
			body[i] = byte(n * i)
		}
		in <- packet{body}
		if r.Fixed {
			time.Sleep(40 * time.Millisecond)
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	w, _ := flate.NewWriter(io.Discard, 9)
	f := &forwarder{make(chan packet, 32), w}
	go f.forward()
	for c := 0; c < 8; c++ {
		go collect(f.in, r)
	}
	r.Wait()
}
