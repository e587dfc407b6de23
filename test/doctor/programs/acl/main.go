// Command acl checks paths in HTTP middleware with patterns that are compiled for every request.
package main

import (
	"io"
	"net"
	"net/http"
	"regexp"

	"example.com/lab/harness"
)

var patterns = []string{`^/users/[0-9]+$`, `^/items/(?P<id>[a-z]+)/parts/\d{1,5}$`, `^/public/.*\.(css|js|png)$`}

var compiled []*regexp.Regexp

type guard struct {
	next  http.Handler
	fixed bool
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for i, p := range patterns {
		if g.fixed {
			if compiled[i].MatchString(r.URL.Path) {
				break
			}
			continue
		}
		if ok, _ := regexp.MatchString(p, r.URL.Path); ok {
			break
		}
	}
	g.next.ServeHTTP(w, r)
}

func main() {
	r := harness.Begin(harness.Plan{})
	for _, p := range patterns {
		compiled = append(compiled, regexp.MustCompile(p))
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(ln, &guard{page, r.Fixed})
	for c := 0; c < 4; c++ {
		go func() {
			for r.Alive() {
				resp, err := http.Get("http://" + ln.Addr().String() + "/public/site.css")
				if err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
		}()
	}
	r.Wait()
}
