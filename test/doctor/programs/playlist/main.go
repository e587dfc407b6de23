// Command playlist joins titles in a loop, in a method of a generic type.
package main

import (
	"strings"

	"example.com/lab/harness"
)

type list[T any] struct {
	items []T
	text  func(T) string
}

func (l *list[T]) render() (out string) {
	for _, it := range l.items {
		out += l.text(it) + "\n"
	}
	return out
}

func (l *list[T]) renderInto(b *strings.Builder) {
	b.Reset()
	b.Grow(len(l.items) * 24)
	for _, it := range l.items {
		b.WriteString(l.text(it))
		b.WriteByte('\n')
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	l := &list[int]{text: func(int) string { return "a song of some length" }}
	for i := 0; i < 400; i++ {
		l.items = append(l.items, i)
	}
	var b strings.Builder
	for r.Alive() {
		if r.Fixed {
			l.renderInto(&b)
		} else {
			l.render()
		}
	}
	r.Wait()
}
