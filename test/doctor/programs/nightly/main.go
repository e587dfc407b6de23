// Command nightly builds one huge table at the start and is idle after it.
package main

import (
	"runtime"
	"runtime/debug"
	"time"

	"example.com/lab/harness"
)

type cell struct {
	sum   float64
	notes [3]string
}

var keep int

func aggregate(days int) int {
	table := make(map[int][]cell)
	for d := 0; d < days; d++ {
		row := make([]cell, 4000)
		for i := range row {
			row[i].sum = float64(i * d)
		}
		table[d] = row
	}
	return len(table)
}

func main() {
	r := harness.Begin(harness.Plan{})
	days := 4500
	if r.Fixed {
		days = 40
	}
	keep = aggregate(days)
	runtime.GC()
	runtime.GC()
	if r.Fixed {
		debug.FreeOSMemory()
	}
	for r.Alive() {
		keep += len(time.Now().String())
		time.Sleep(20 * time.Millisecond)
	}
	r.Wait()
}
