// Command webhooks makes a client with a transport of its own for every call.
package main

import (
	"io"
	"net"
	"net/http"
	"time"

	"example.com/lab/harness"
)

var shared = &http.Client{Timeout: time.Second}

type notifier struct{ url string }

func (n *notifier) post(fixed bool) {
	c := shared
	if !fixed {
		c = &http.Client{Transport: &http.Transport{}, Timeout: time.Second}
	}
	resp, err := c.Get(n.url)
	if err != nil {
		return
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "thanks") }))
	n := &notifier{"http://" + ln.Addr().String()}
	for r.Alive() {
		n.post(r.Fixed)
		time.Sleep(4 * time.Millisecond)
	}
	r.Wait()
}
