// Command tokenizer splits lines of a query language. Tokens are boxed and their texts copied.
package main

import (
	"example.com/lab/harness"
)

type token interface{ width() int }

type word struct{ text string }
type number struct{ value, line, col int }

func (w *word) width() int   { return len(w.text) }
func (n *number) width() int { return n.value & 7 }

type lexer interface {
	lex(line []byte, emit func(token))
}

type copying struct{}

func (copying) lex(line []byte, emit func(token)) {
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && line[j] != ' ' {
			j++
		}
		if c := line[i]; c >= '0' && c <= '9' {
			v := 0
			for _, d := range line[i:j] {
				v = v*10 + int(d-'0')
			}
			emit(&number{value: v, line: 1, col: i})
		} else {
			emit(&word{text: string(line[i:j])})
		}
		i = j + 1
	}
}

type counting struct{ w int }

func (c *counting) lex(line []byte, _ func(token)) {
	for i := range line {
		if line[i] == ' ' {
			c.w++
		}
	}
}

var queue []token

func run(l lexer, line []byte) int {
	total := 0
	queue = queue[:0]
	l.lex(line, func(t token) { queue = append(queue, t) })
	for _, t := range queue {
		total += t.width()
	}
	return total
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4, CPUShare: 0.8})
	var l lexer = copying{}
	if r.Fixed {
		l = &counting{}
	}
	line := []byte("select name age 42 from people where age gt 1234 and name like anna order by 7 limit 100")
	for r.Alive() {
		for i := 0; i < 1000; i++ {
			run(l, line)
		}
	}
	r.Wait()
}
