// Command pcap writes and reads packet records, field by field, straight from and to the file.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"example.com/lab/harness"
)

type recorder struct{ w io.Writer }

func (rec *recorder) put(v uint32) {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], v)
	rec.w.Write(b[:])
}

func (rec *recorder) packet(n uint32) {
	rec.put(n)
	rec.put(n * 3)
	rec.put(64)
	rec.w.Write([]byte("payload of the packet"))
}

func replay(in io.Reader) (sum int) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return sum
		}
		sum += int(b[0])
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	f, err := os.CreateTemp(".", "pcap")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	for r.Alive() {
		f.Seek(0, io.SeekStart)
		f.Truncate(0)
		var w io.Writer = f
		var in io.Reader = f
		if r.Fixed {
			w = bufio.NewWriterSize(f, 64<<10)
			in = bufio.NewReaderSize(f, 64<<10)
		}
		rec := &recorder{w}
		for n := uint32(0); n < 4000; n++ {
			rec.packet(n)
		}
		if b, ok := w.(*bufio.Writer); ok {
			b.Flush()
		}
		f.Seek(0, io.SeekStart)
		replay(in)
	}
	r.Wait()
}
