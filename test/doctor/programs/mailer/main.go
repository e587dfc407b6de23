// Command mailer renders templates that were parsed once, a few a second, and sleeps. Healthy.
package main

import (
	"io"
	"text/template"
	"time"

	"example.com/lab/harness"
)

var mail = template.Must(template.New("m").Parse("Dear {{.Name}},\n{{range .Lines}}- {{.}}\n{{end}}"))

type letter struct {
	Name  string
	Lines []string
}

func deliver(n int) {
	mail.Execute(io.Discard, letter{"Ann", []string{"a", "b", "c"}})
}

func main() {
	r := harness.Begin(harness.Plan{})
	for n := 0; r.Alive(); n++ {
		deliver(n)
		time.Sleep(2 * time.Millisecond)
	}
	r.Wait()
}
