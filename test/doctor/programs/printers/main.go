// Command printers waits for many printers, each behind a named pipe that is opened and read blocking.
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"

	"example.com/lab/harness"
)

type printer struct {
	path string
	fd   int
}

func (p *printer) waitReady() {
	var b [16]byte
	for {
		n, err := syscall.Read(p.fd, b[:])
		if n <= 0 || err != nil {
			return
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	dir, err := os.MkdirTemp(".", "fifo")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for i := 0; i < 60; i++ {
		if r.Fixed {
			pr, pw, _ := os.Pipe()
			defer pw.Close()
			go func() { pr.Read(make([]byte, 16)) }()
			continue
		}
		path := dir + "/p" + strconv.Itoa(i)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			panic(err)
		}
		fd, err := syscall.Open(path, syscall.O_RDWR, 0)
		if err != nil {
			panic(err)
		}
		p := &printer{path, fd}
		go p.waitReady()
		time.Sleep(10 * time.Millisecond)
	}
	r.Wait()
	os.RemoveAll(dir)
	os.Exit(0)
}
