// Command squeeze compresses and hashes on both processors. Healthy.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"sync"

	"example.com/lab/harness"
)

type squeezer struct {
	out bytes.Buffer
	zip *gzip.Writer
}

func (s *squeezer) pack(b []byte) [32]byte {
	s.out.Reset()
	s.zip.Reset(&s.out)
	s.zip.Write(b)
	s.zip.Close()
	return sha256.Sum256(s.out.Bytes())
}

func main() {
	r := harness.Begin(harness.Plan{})
	text := bytes.Repeat([]byte("all work and no play makes jack a dull boy. "), 3000)
	for i := 0; i < len(text); i += 37 {
		text[i] = byte(i)
	}
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := &squeezer{}
			s.zip = gzip.NewWriter(&s.out)
			for r.Alive() {
				s.pack(text)
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
