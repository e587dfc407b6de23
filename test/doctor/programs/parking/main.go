// Command parking logs every step of every car with log/slog.
package main

import (
	"io"
	"log/slog"

	"example.com/lab/harness"
)

type garage struct {
	log  *slog.Logger
	free int
}

func (g *garage) enter(plate string, n int, fixed bool) {
	g.free = (g.free + n) % 4096
	for i := 0; i < 300; i++ {
		g.free ^= i
	}
	if fixed && n%500 != 0 {
		return
	}
	g.log.Info("car entered", "plate", plate, "free", g.free, "gate", slog.GroupValue(slog.Int("id", n%4)))
}

func main() {
	r := harness.Begin(harness.Plan{})
	g := &garage{log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
	for n := 0; r.Alive(); n++ {
		g.enter("B-AB 12", n, r.Fixed)
	}
	r.Wait()
}
