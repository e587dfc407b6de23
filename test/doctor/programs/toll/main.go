// Command toll logs every car with a formatting logger of another module.
package main

import (
	"io"

	"github.com/acme/fastlog"

	"example.com/lab/harness"
)

type gate struct {
	log   *fastlog.Logger
	count int
}

func (g *gate) pass(plate string, axles int, fixed bool) {
	g.count += axles
	if !fixed || g.count%1000 == 0 {
		g.log.Infow("car passed", map[string]any{"plate": plate, "axles": axles, "gate": 7})
	}
	for i := 0; i < 200; i++ {
		g.count ^= i * axles
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	g := &gate{log: fastlog.New(io.Discard)}
	for i := 0; r.Alive(); i++ {
		g.pass("B-XY 123", i%5+2, r.Fixed)
	}
	r.Wait()
}
