// Command locks waits for file locks, each in a system call.
package main

import (
	"os"
	"syscall"
	"time"

	"example.com/lab/harness"
)

func waitForLock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	own, err := os.CreateTemp(".", "lock")
	if err != nil {
		panic(err)
	}
	defer os.Remove(own.Name())
	if err := syscall.Flock(int(own.Fd()), syscall.LOCK_EX); err != nil {
		panic(err)
	}
	for i := 0; i < 40 && !r.Fixed; i++ {
		f, err := os.Open(own.Name())
		if err != nil {
			panic(err)
		}
		go waitForLock(f)
		time.Sleep(40 * time.Millisecond)
	}
	r.Wait()
	os.Remove(own.Name())
	os.Exit(0)
}
