// Command life computes a cellular automaton with a goroutine per cell.
package main

import (
	"sync"

	"example.com/lab/harness"
)

const side = 48

type grid [side][side]uint8

func (g *grid) cell(x, y int) uint8 {
	n := 0
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			if dx != 0 || dy != 0 {
				n += int(g[(x+dx+side)%side][(y+dy+side)%side])
			}
		}
	}
	if n == 3 || n == 2 && g[x][y] == 1 {
		return 1
	}
	return 0
}

func (g *grid) step(next *grid) {
	var wg sync.WaitGroup
	for x := 0; x < side; x++ {
		for y := 0; y < side; y++ {
			wg.Add(1)
			go func(x, y int) {
				next[x][y] = g.cell(x, y)
				wg.Done()
			}(x, y)
		}
	}
	wg.Wait()
}

func (g *grid) stepBands(next *grid) {
	var wg sync.WaitGroup
	for b := 0; b < 2; b++ {
		wg.Add(1)
		go func(b int) {
			defer wg.Done()
			for k := 0; k < 40; k++ {
				for x := b * side / 2; x < (b+1)*side/2; x++ {
					for y := 0; y < side; y++ {
						next[x][y] = g.cell(x, y)
					}
				}
			}
		}(b)
	}
	wg.Wait()
}

func main() {
	r := harness.Begin(harness.Plan{})
	var a, b grid
	for i := 0; i < side; i++ {
		a[i][i*7%side], a[i*5%side][i] = 1, 1
	}
	for r.Alive() {
		if r.Fixed {
			a.stepBands(&b)
		} else {
			a.step(&b)
		}
		a, b = b, a
	}
	r.Wait()
}
