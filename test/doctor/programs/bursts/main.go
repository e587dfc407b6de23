// Command bursts builds and drops some 80 MB every second; what it keeps in between is meant for the next burst. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

type sheet struct{ cells [][]float64 }

func compute(rows int) *sheet {
	s := &sheet{}
	for i := 0; i < rows; i++ {
		row := make([]float64, 2000)
		for k := range row {
			row[k] = float64(i ^ k)
		}
		s.cells = append(s.cells, row)
	}
	return s
}

var sum float64

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	for r.Alive() {
		s := compute(5000)
		sum += s.cells[7][7]
		time.Sleep(300 * time.Millisecond)
	}
	r.Wait()
}
