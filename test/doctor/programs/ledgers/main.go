// Command ledgers keeps account names that are parts of whole files.
package main

import (
	"bytes"
	"os"
	"strings"
	"time"

	"example.com/lab/harness"
)

type directory struct{ names map[int]string }

func (d *directory) load(path string, id int, fixed bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	lines := strings.SplitN(string(data), "\n", 3)
	name := lines[1]
	if fixed {
		name = strings.Clone(name)
	}
	d.names[id] = name
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	d := &directory{map[int]string{}}
	path := "ledger.csv"
	var b bytes.Buffer
	b.WriteString("name,balance\nacme inc\n")
	b.Write(bytes.Repeat([]byte("2024-01-01,17.50\n"), 1500))
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		panic(err)
	}
	for id := 0; r.Alive(); id++ {
		d.load(path, id, r.Fixed)
		time.Sleep(2 * time.Millisecond)
	}
	r.Wait()
}
