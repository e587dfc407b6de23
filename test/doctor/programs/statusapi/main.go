// Command statusapi serves small JSON documents and logs a little, under modest load. Healthy.
package main

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/lab/harness"
)

type status struct {
	Name  string         `json:"name"`
	Up    bool           `json:"up"`
	Load  float64        `json:"load"`
	Parts map[string]int `json:"parts"`
}

type api struct {
	log   *log.Logger
	block []byte
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sum := crc32.ChecksumIEEE(a.block)
	s := status{Name: fmt.Sprintf("node-%d", sum%7), Up: true, Load: 0.3, Parts: map[string]int{"a": 1, "b": 2}}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(s)
	a.log.Printf("%s %s", r.Method, r.URL.Path)
}

func main() {
	r := harness.Begin(harness.Plan{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(ln, &api{log.New(io.Discard, "", log.LstdFlags), make([]byte, 512<<10)})
	for c := 0; c < 4; c++ {
		go func() {
			for r.Alive() {
				resp, err := http.Get("http://" + ln.Addr().String() + "/status")
				if err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				time.Sleep(4 * time.Millisecond)
			}
		}()
	}
	r.Wait()
}
