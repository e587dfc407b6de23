// Command mandel gives each worker a band of rows; nearly all work is in one band.
package main

import (
	"sync"
	"sync/atomic"

	"example.com/lab/harness"
)

const width, height, bands = 256, 256, 4

type picture [height][width]int

func escape(cr, ci float64) int {
	var zr, zi float64
	for n := 0; n < 800; n++ {
		zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
		if zr*zr+zi*zi > 4 {
			return n
		}
	}
	return 800
}

func (p *picture) paintRow(y int) {
	for x := 0; x < width; x++ {
		p[y][x] = escape(float64(x)/width*2.2-1.6, float64(y)/height*2.4-2.0)
	}
}

func (p *picture) paintBand(b int, wg *sync.WaitGroup) {
	defer wg.Done()
	for y := b * height / bands; y < (b+1)*height/bands; y++ {
		p.paintRow(y)
	}
}

func (p *picture) paintAny(next *atomic.Int64, wg *sync.WaitGroup) {
	defer wg.Done()
	for {
		y := int(next.Add(1)) - 1
		if y >= height {
			return
		}
		p.paintRow(y)
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	p := &picture{}
	for r.Alive() {
		var wg sync.WaitGroup
		var next atomic.Int64
		for b := 0; b < bands; b++ {
			wg.Add(1)
			if r.Fixed {
				go p.paintAny(&next, &wg)
			} else {
				go p.paintBand(b, &wg)
			}
		}
		wg.Wait()
	}
	r.Wait()
}
