// Command assembly is a pipeline of three stages that are about equally fast. Healthy.
package main

import (
	"crypto/md5"
	"hash/adler32"
	"hash/crc32"

	"example.com/lab/harness"
)

type piece struct {
	body []byte
	sum  uint32
}

func cut(n int) *piece {
	p := &piece{body: make([]byte, 16<<10)}
	for i := range p.body {
		p.body[i] = byte(n + i)
	}
	return p
}

func weld(in <-chan *piece, out chan<- *piece) {
	for p := range in {
		for k := 0; k < 3; k++ {
			p.sum ^= adler32.Checksum(p.body)
		}
		out <- p
	}
	close(out)
}

func paint(in <-chan *piece, done chan<- uint32) {
	var s uint32
	for p := range in {
		h := md5.Sum(p.body[:4096])
		s ^= p.sum ^ crc32.ChecksumIEEE(p.body) ^ uint32(h[0])
	}
	done <- s
}

func main() {
	r := harness.Begin(harness.Plan{})
	a, b, done := make(chan *piece, 32), make(chan *piece, 32), make(chan uint32)
	go weld(a, b)
	go paint(b, done)
	for n := 0; r.Alive(); n++ {
		a <- cut(n)
	}
	close(a)
	<-done
	r.Wait()
}
