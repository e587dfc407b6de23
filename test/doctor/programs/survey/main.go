// Command survey filters and groups answers; slices and maps start from nothing.
package main

import (
	"example.com/lab/harness"
	"example.com/lab/survey/internal/frame"
)

type answer struct {
	person, question int
	text             [24]byte
}

func evaluate(all []answer, room int) int {
	yes := frame.Filter(all, func(a answer) bool { return a.person%8 != 0 }, room)
	groups := frame.Group(yes[:len(yes)/8], func(a answer) int { return a.person }, room/8)
	return len(groups)
}

func main() {
	r := harness.Begin(harness.Plan{})
	all := make([]answer, 20000)
	for i := range all {
		all[i] = answer{person: i, question: i % 12}
	}
	room := 0
	if r.Fixed {
		room = len(all)
	}
	for r.Alive() {
		evaluate(all, room)
	}
	r.Wait()
}
