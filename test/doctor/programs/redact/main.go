// Command redact compiles its patterns in a loop over lines, through a helper of another type.
package main

import (
	"regexp"
	"strings"

	"example.com/lab/harness"
)

type rule struct{ pattern, with string }

type redactor struct {
	rules []rule
	ready []*regexp.Regexp
}

func (rd *redactor) apply(line string) string {
	for i, r := range rd.rules {
		re := rd.ready[i]
		if re == nil {
			re = regexp.MustCompile(r.pattern)
		}
		line = re.ReplaceAllString(line, r.with)
	}
	return line
}

func main() {
	r := harness.Begin(harness.Plan{})
	rd := &redactor{rules: []rule{{`\b\d{4}-\d{4}\b`, "****"}, {`[a-z]+@[a-z]+\.com`, "@"}}}
	for _, p := range rd.rules {
		var re *regexp.Regexp
		if r.Fixed {
			re = regexp.MustCompile(p.pattern)
		}
		rd.ready = append(rd.ready, re)
	}
	line := strings.Repeat("mail anna@mail.com about 1234-5678 please. ", 2)
	for r.Alive() {
		rd.apply(line)
	}
	r.Wait()
}
