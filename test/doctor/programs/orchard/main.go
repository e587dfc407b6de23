// Command orchard answers requests with maps of strings that are made anew each time, under modest load.
package main

import (
	"hash/crc32"
	"strconv"
	"time"

	"example.com/lab/harness"
)

type basket map[string]string

//go:noinline
func pick(n int) basket {
	b := basket{}
	for i := 0; i < 6; i++ {
		b["fruit-"+strconv.Itoa(n+i)] = strconv.Itoa(i * n)
	}
	return b
}

func serve(n int, fixed bool, page []byte) int {
	sum := int(crc32.ChecksumIEEE(page))
	if fixed {
		return sum
	}
	for k := 0; k < 4; k++ {
		sum += len(pick(n + k))
	}
	return sum
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 1})
	page := make([]byte, 2000)
	for n := 0; r.Alive(); n++ {
		for k := 0; k < 300; k++ {
			serve(n+k, r.Fixed, page)
		}
		time.Sleep(time.Millisecond)
	}
	r.Wait()
}
