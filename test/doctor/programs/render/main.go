// Command render splits each picture among goroutines, but waits for each before it starts the next.
package main

import (
	"math"
	"sync"

	"example.com/lab/harness"
)

func shadeTile(tile int, out []float64) {
	for i := range out {
		x := float64(i*tile%977) / 977
		for k := 0; k < 20; k++ {
			x = math.Sin(x) + 0.3
		}
		out[i] = x
	}
}

func renderScene(tiles [][]float64, fixed bool) {
	var wg sync.WaitGroup
	for t := range tiles {
		wg.Add(1)
		go func(t int) {
			defer wg.Done()
			shadeTile(t, tiles[t])
		}(t)
		if !fixed {
			wg.Wait()
		}
	}
	wg.Wait()
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	tiles := make([][]float64, 16)
	for i := range tiles {
		tiles[i] = make([]float64, 8000)
	}
	for r.Alive() {
		renderScene(tiles, r.Fixed)
	}
	r.Wait()
}
