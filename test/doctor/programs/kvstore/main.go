// Command kvstore serves gets and puts over TCP from a sharded map; its clients keep it busy. Healthy.
package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"

	"example.com/lab/harness"
)

type shard struct {
	mu sync.RWMutex
	m  map[string]string
}

type kv struct{ shards [16]shard }

func (s *kv) shard(k string) *shard { return &s.shards[int(k[len(k)-1])%16] }

func (s *kv) handle(c net.Conn) {
	in, out := bufio.NewReader(c), bufio.NewWriter(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		op, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		k, v, _ := strings.Cut(rest, " ")
		sh := s.shard(k)
		if op == "put" {
			sh.mu.Lock()
			sh.m[k] = v
			sh.mu.Unlock()
			out.WriteString("ok\n")
		} else {
			sh.mu.RLock()
			out.WriteString(sh.m[k])
			sh.mu.RUnlock()
			out.WriteByte('\n')
		}
		out.Flush()
	}
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	s := &kv{}
	for i := range s.shards {
		s.shards[i].m = map[string]string{}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go s.handle(c)
		}
	}()
	for c := 0; c < 6; c++ {
		go func(c int) {
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return
			}
			in := bufio.NewReader(conn)
			for n := c; r.Alive(); n++ {
				if n%5 == 0 {
					fmt.Fprintf(conn, "put key%d value%d\n", n%1000, n)
				} else {
					fmt.Fprintf(conn, "get key%d\n", n%1000)
				}
				in.ReadString('\n')
			}
		}(c)
	}
	r.Wait()
}
