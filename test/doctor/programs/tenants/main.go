// Command tenants hands work to four workers by tenant; nearly all work is one tenant's.
package main

import (
	"crypto/sha512"

	"example.com/lab/harness"
)

type request struct {
	tenant int
	body   [512]byte
}

type worker struct {
	queue chan request
	sum   byte
}

func (w *worker) loop() {
	for q := range w.queue {
		for k := 0; k < 30; k++ {
			s := sha512.Sum512(q.body[:])
			w.sum ^= s[k%64]
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	var workers [4]*worker
	shared := make(chan request, 64)
	for i := range workers {
		workers[i] = &worker{queue: make(chan request, 64)}
		if r.Fixed {
			workers[i].queue = shared
		}
		go workers[i].loop()
	}
	for n := 0; r.Alive(); n++ {
		tenant := 0
		if n%20 == 0 {
			tenant = n / 20 % 97
		}
		workers[tenant%4].queue <- request{tenant: tenant}
	}
	r.Wait()
}
