// Command wire sends messages over TCP byte by byte.
package main

import (
	"bufio"
	"io"
	"net"

	"example.com/lab/harness"
)

type sender struct {
	out  io.Writer
	conn net.Conn
}

func (s *sender) field(v uint16) {
	s.out.Write([]byte{byte(v >> 8)})
	s.out.Write([]byte{byte(v)})
}

func (s *sender) send(n int) {
	for k := 0; k < 60; k++ {
		s.field(uint16(n * k))
	}
	if b, ok := s.out.(*bufio.Writer); ok {
		b.Flush()
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		c, err := ln.Accept()
		if err == nil {
			io.CopyBuffer(struct{ io.Writer }{io.Discard}, c, make([]byte, 64<<10))
		}
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		panic(err)
	}
	s := &sender{out: c, conn: c}
	if r.Fixed {
		s.out = bufio.NewWriter(c)
	}
	for n := 0; r.Alive(); n++ {
		s.send(n)
	}
	r.Wait()
}
