// Command bulksql builds long INSERT statements with +=.
package main

import (
	"strconv"
	"strings"
	"sync"

	"example.com/lab/harness"
)

type row struct {
	id   int
	name string
}

//go:noinline
func insertStatement(rows []row) string {
	q := "INSERT INTO people (id, name) VALUES "
	for i, r := range rows {
		if i > 0 {
			q += ", "
		}
		q += "(" + strconv.Itoa(r.id) + ", '" + r.name + "')"
	}
	return q
}

func insertBuilder(rows []row) string {
	var q strings.Builder
	q.WriteString("INSERT INTO people (id, name) VALUES ")
	for i, r := range rows {
		if i > 0 {
			q.WriteString(", ")
		}
		q.WriteString("(")
		q.WriteString(strconv.Itoa(r.id))
		q.WriteString(", '")
		q.WriteString(r.name)
		q.WriteString("')")
	}
	return q.String()
}

func main() {
	r := harness.Begin(harness.Plan{})
	rows := make([]row, 900)
	for i := range rows {
		rows[i] = row{i * 7, "name of somebody"}
	}
	var wg sync.WaitGroup
	for p := 0; p < 2; p++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for r.Alive() {
				if r.Fixed {
					insertBuilder(rows)
				} else {
					insertStatement(rows)
				}
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
