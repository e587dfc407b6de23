// Command ledger has writers that wait for one goroutine which syncs a file after each line.
package main

import (
	"os"
	"time"

	"example.com/lab/harness"
)

type entry struct {
	account, cents int
}

type book struct {
	lines chan entry
	file  *os.File
	buf   []byte
}

func (b *book) settle(sync bool) {
	for e := range b.lines {
		b.buf = append(b.buf[:0], byte(e.account), byte(e.cents), '\n')
		b.file.Write(b.buf)
		if sync {
			b.file.Sync()
			time.Sleep(time.Millisecond)
		}
	}
}

func (b *book) post(n int, r *harness.Run) {
	for i := n; r.Alive(); i++ {
		b.lines <- entry{n, i}
		if r.Fixed {
			time.Sleep(3 * time.Millisecond)
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{})
	f, err := os.CreateTemp(".", "ledger")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	b := &book{lines: make(chan entry), file: f}
	go b.settle(!r.Fixed)
	for n := 0; n < 10; n++ {
		go b.post(n, r)
	}
	r.Wait()
}
