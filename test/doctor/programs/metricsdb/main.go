// Command metricsdb appends points to series by label; labels contain request ids, so series never end.
package main

import (
	"fmt"
	"sync"
	"time"

	"example.com/lab/harness"
)

type series struct {
	labels map[string]string
	points []float64
}

type db struct {
	mu  sync.Mutex
	all map[string]*series
}

func (d *db) observe(key string, v float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.all[key]
	if s == nil {
		s = &series{labels: map[string]string{"path": "/", "id": key}}
		d.all[key] = s
	}
	s.points = append(s.points, v)
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	d := &db{all: map[string]*series{}}
	for n := 0; r.Alive(); n++ {
		for k := 0; k < 5; k++ {
			id := n*5 + k
			if r.Fixed {
				id %= 100
			}
			d.observe(fmt.Sprintf("requests{id=%d}", id), float64(n))
			if r.Fixed && n%50 == 0 {
				d.all = map[string]*series{}
			}
		}
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
