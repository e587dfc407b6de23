// Command bigbatch works on large buffers, a batch at a time, and drops them. Healthy.
package main

import (
	"hash/crc64"
	"sync"

	"example.com/lab/harness"
)

var table = crc64.MakeTable(crc64.ECMA)

func checkBatch(size int) uint64 {
	b := make([]byte, size)
	for i := 0; i < len(b); i += 64 {
		b[i] = byte(i)
	}
	var s uint64
	for k := 0; k < 3; k++ {
		s = crc64.Update(s, table, b)
	}
	return s
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for r.Alive() {
				checkBatch(24 << 20)
			}
		}()
	}
	wg.Wait()
	r.Wait()
}
