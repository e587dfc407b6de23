// Command gateway asks a slow back end for each request.
package main

import (
	"bufio"
	"fmt"
	"net"
	"time"

	"example.com/lab/gateway/internal/upstream"
	"example.com/lab/harness"
)

func backend(ln net.Listener, delay time.Duration) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			in := bufio.NewScanner(c)
			for in.Scan() {
				time.Sleep(delay)
				fmt.Fprintln(c, "answer to", in.Text())
			}
		}()
	}
}

func handleTicket(c *upstream.Client, n int) string {
	a, err := c.Ask(fmt.Sprint("ticket ", n))
	if err != nil {
		return "-"
	}
	return a
}

func main() {
	r := harness.Begin(harness.Plan{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	delay := 30 * time.Millisecond
	if r.Fixed {
		delay = 0
	}
	go backend(ln, delay)
	for k := 0; k < 15; k++ {
		c, err := upstream.Dial(ln.Addr().String())
		if err != nil {
			panic(err)
		}
		go func() {
			for n := 0; r.Alive(); n++ {
				handleTicket(c, n)
				if r.Fixed {
					time.Sleep(30 * time.Millisecond)
				}
			}
		}()
	}
	r.Wait()
}
