// Command warmcache fills a bounded cache in the first half of the run, and then uses it. Healthy.
package main

import (
	"time"

	"example.com/lab/harness"
)

const most = 20000

type cache struct {
	rows map[int][]byte
	next int
}

func (c *cache) get(key int) []byte {
	if v, ok := c.rows[key]; ok {
		return v
	}
	if len(c.rows) >= most {
		delete(c.rows, c.next%most)
		c.next++
	}
	v := make([]byte, 900+key%300)
	c.rows[key] = v
	return v
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 4})
	c := &cache{rows: map[int][]byte{}}
	for n := 0; r.Alive(); {
		for k := 0; k < 30; k++ {
			c.get((n * 7919) % most)
			n++
		}
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
