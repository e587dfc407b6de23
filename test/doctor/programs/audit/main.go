// Command audit records every event for ever.
package main

import (
	"time"

	"example.com/lab/audit/internal/trail"
	"example.com/lab/harness"
)

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	most := 0
	if r.Fixed {
		most = 500
	}
	t := trail.New(most)
	for i := 0; r.Alive(); i++ {
		for k := 0; k < 30; k++ {
			t.Record("anna", 150+(i*k)%700)
		}
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
