// Command chat is a server of lines over TCP; its 150 clients say little. Healthy.
package main

import (
	"bufio"
	"fmt"
	"net"
	"sync"
	"time"

	"example.com/lab/harness"
)

type server struct {
	mu    sync.Mutex
	lines int
}

func (s *server) handle(c net.Conn) {
	in := bufio.NewScanner(c)
	for in.Scan() {
		s.mu.Lock()
		s.lines++
		s.mu.Unlock()
		fmt.Fprintln(c, "ok", in.Text())
	}
}

func (s *server) serve(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go s.handle(c)
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	s := &server{}
	go s.serve(ln)
	for i := 0; i < 150; i++ {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			panic(err)
		}
		go func(i int) {
			in := bufio.NewReader(c)
			for r.Alive() {
				fmt.Fprintln(c, "hello from", i)
				in.ReadString('\n')
				time.Sleep(time.Duration(100+i) * time.Millisecond)
			}
		}(i)
	}
	r.Wait()
}
