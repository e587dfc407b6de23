// Command mailscan keeps the first line of each mail, as a part of the mail's text.
package main

import (
	"io"
	"strings"
	"time"

	"example.com/lab/harness"
)

type inbox struct{ subjects []string }

type mailReader struct{ left int }

func (m *mailReader) Read(p []byte) (int, error) {
	if m.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), m.left)
	for i := range p[:n] {
		p[i] = 'a' + byte(i%26)
	}
	p[0] = '\n'
	m.left -= n
	return n, nil
}

func fetch(size int) string {
	var b strings.Builder
	io.Copy(&b, &mailReader{size})
	return b.String()
}

func (in *inbox) index(size int, fixed bool) {
	text := fetch(size)
	subject, _, _ := strings.Cut(text[1:], "\n")
	if len(subject) > 20 {
		subject = subject[:20]
	}
	if fixed {
		subject = strings.Clone(subject)
	}
	in.subjects = append(in.subjects, subject)
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	in := &inbox{}
	for i := 0; r.Alive(); i++ {
		in.index(30000+(i*977)%9000, r.Fixed)
		time.Sleep(2 * time.Millisecond)
	}
	r.Wait()
}
