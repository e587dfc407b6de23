// Command keepalive is a server with 200 idle connections, and one client that asks now and then. Healthy.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"example.com/lab/harness"
)

func hello(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "hello %s\n", r.URL.Path) }

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(hello), ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(ln)
	var conns []net.Conn
	for i := 0; i < 200; i++ {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(c, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			io.Copy(io.Discard, resp.Body)
		}
		conns = append(conns, c)
	}
	for r.Alive() {
		resp, err := http.Get("http://" + ln.Addr().String() + "/y")
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.Wait()
	_ = conns
}
