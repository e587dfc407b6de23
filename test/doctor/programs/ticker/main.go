// Command ticker runs with GOGC=3 and formats quotes.
package main

import (
	"runtime/debug"
	"strconv"

	"example.com/lab/harness"
)

type quote struct {
	symbol string
	line   []byte
}

var board [64]*quote

func update(n int) {
	q := &quote{symbol: "SYM" + strconv.Itoa(n%100)}
	q.line = strconv.AppendFloat(nil, float64(n)/7, 'f', 4, 64)
	board[n%64] = q
}

func configure() { debug.SetGCPercent(3) }

func main() {
	r := harness.Begin(harness.Plan{})
	if !r.Fixed {
		configure()
	}
	for n := 0; r.Alive(); n++ {
		update(n)
	}
	r.Wait()
}
