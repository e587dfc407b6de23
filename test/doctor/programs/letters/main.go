// Command letters parses its template for every letter.
package main

import (
	"html/template"
	"io"

	"example.com/lab/harness"
)

const text = `<p>Dear {{.Name}},</p>{{range .Items}}<li>{{.}}</li>{{end}}<p>{{if .Due}}pay {{.Due}}{{end}}</p>`

var parsed = template.Must(template.New("letter").Parse(text))

type letter struct {
	Name  string
	Items []string
	Due   int
}

func (l *letter) write(w io.Writer, fixed bool) {
	t := parsed
	if !fixed {
		t = template.Must(template.New("letter").Parse(text))
	}
	t.Execute(w, l)
}

func main() {
	r := harness.Begin(harness.Plan{})
	l := &letter{"Ann", []string{"one", "two"}, 12}
	for r.Alive() {
		l.write(io.Discard, r.Fixed)
	}
	r.Wait()
}
