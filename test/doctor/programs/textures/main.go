// Command textures frees graphics memory in finalizers that take long.
package main

import (
	"runtime"
	"time"

	"example.com/lab/harness"
)

type texture struct {
	pixels [3000]byte
	handle int
}

func destroyTexture(t *texture) {
	t.handle = 0
	time.Sleep(800 * time.Microsecond)
}

func loadTexture(n int, fixed bool) *texture {
	t := &texture{handle: n}
	if !fixed {
		runtime.SetFinalizer(t, destroyTexture)
	}
	return t
}

var frame *texture

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	for n := 1; r.Alive(); n++ {
		frame = loadTexture(n, r.Fixed)
		if n%12 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	r.Wait()
}
