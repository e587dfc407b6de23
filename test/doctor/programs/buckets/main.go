// Command buckets sorts rows into maps of known sizes that start empty.
package main

import "example.com/lab/harness"

type row struct {
	key   uint32
	value float64
}

func bucketize(rows []row, room int) map[uint32][]row {
	out := make(map[uint32][]row, room)
	for _, r := range rows {
		out[r.key] = append(out[r.key], r)
	}
	return out
}

func count(rows []row) (n [4096]int) {
	for _, r := range rows {
		n[r.key%4096]++
	}
	return n
}

func main() {
	r := harness.Begin(harness.Plan{})
	rows := make([]row, 60000)
	for i := range rows {
		rows[i] = row{uint32(i*7919) % 3000, float64(i)}
	}
	for r.Alive() {
		if r.Fixed {
			count(rows)
		} else {
			bucketize(rows, 0)
		}
	}
	r.Wait()
}
