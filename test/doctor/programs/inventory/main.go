// Command inventory encodes map documents as JSON and decodes them again.
package main

import (
	"encoding/json"

	"example.com/lab/harness"
)

type store struct{ n int }

func (s *store) roundTrip(n int) int {
	doc := map[string]any{"id": n, "tags": []any{"a", "b", 3.5}, "owner": map[string]any{"name": "anna", "age": 41}}
	b, err := json.Marshal(doc)
	if err != nil {
		return 0
	}
	var back map[string]any
	if json.Unmarshal(b, &back) != nil {
		return 0
	}
	return len(back)
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	s := &store{}
	for n := 0; r.Alive(); n++ {
		if r.Fixed {
			s.n += n
			continue
		}
		s.n += s.roundTrip(n)
	}
	r.Wait()
}
