// Command checkout asks a slow payment service over HTTP for every cart, one after the other.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"example.com/lab/harness"
)

type payments struct {
	url    string
	client *http.Client
}

func (p *payments) authorize(cart int) (string, error) {
	resp, err := p.client.Post(p.url, "text/plain", nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func main() {
	r := harness.Begin(harness.Plan{})
	delay := 60 * time.Millisecond
	if r.Fixed {
		delay = 0
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(delay)
		fmt.Fprint(w, "ok")
	})}}
	srv.Start()
	p := &payments{srv.URL, &http.Client{}}
	for c := 0; c < 8; c++ {
		go func(c int) {
			for n := c; r.Alive(); n++ {
				p.authorize(n)
				if r.Fixed {
					time.Sleep(60 * time.Millisecond)
				}
			}
		}(c)
	}
	r.Wait()
}
