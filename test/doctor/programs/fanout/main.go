// Command fanout answers requests by asking three quick services at once. Healthy.
package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/lab/harness"
)

type group struct {
	wg  sync.WaitGroup
	mu  sync.Mutex
	err error
}

func (g *group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.mu.Lock()
			g.err = err
			g.mu.Unlock()
		}
	}()
}

func (g *group) Wait() error { g.wg.Wait(); return g.err }

func serve(h http.HandlerFunc) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(ln, h)
	return "http://" + ln.Addr().String() + "/"
}

type front struct{ parts []string }

func (f *front) fetch(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var g group
	for _, p := range f.parts {
		url := p
		g.Go(func() error { return f.fetch(r.Context(), url) })
	}
	if g.Wait() != nil {
		http.Error(w, "no", 500)
		return
	}
	io.WriteString(w, "page")
}

func main() {
	r := harness.Begin(harness.Plan{})
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 32
	f := &front{}
	for i := 0; i < 3; i++ {
		f.parts = append(f.parts, serve(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "part") }))
	}
	url := serve(f.ServeHTTP)
	for c := 0; c < 3; c++ {
		go func() {
			for r.Alive() {
				f.fetch(context.Background(), url)
				time.Sleep(5 * time.Millisecond)
			}
		}()
	}
	r.Wait()
}
