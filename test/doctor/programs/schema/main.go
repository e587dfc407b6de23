// Command schema parses small documents into trees; five kinds of nodes, each an object.
package main

import (
	"hash/crc32"

	"example.com/lab/harness"
)

type node interface{ kind() int }

type object struct {
	fields []node
	name   string
}
type text struct{ s string }
type integer struct{ v *int }
type flag struct{ on *bool }
type pair struct{ k, v node }

func (*object) kind() int  { return 1 }
func (*text) kind() int    { return 2 }
func (*integer) kind() int { return 3 }
func (*flag) kind() int    { return 4 }
func (*pair) kind() int    { return 5 }

//go:noinline
func newText(b []byte) node { return &text{string(b)} }

//go:noinline
func newInteger(n int) node { return &integer{&n} }

//go:noinline
func newFlag(on bool) node { return &flag{&on} }

//go:noinline
func newPair(k, v node) node { return &pair{k, v} }

//go:noinline
func newObject(name []byte, fields ...node) node { return &object{fields, string(name)} }

func parseDocument(in []byte, n int) node {
	return newObject(in[:9],
		newPair(newText(in[2:20]), newInteger(n)),
		newPair(newText(in[4:30]), newFlag(n&1 == 0)),
		newPair(newText(in[1:12]), newObject(in[:4], newInteger(n+1))))
}

func main() {
	r := harness.Begin(harness.Plan{})
	in := make([]byte, 600)
	sum := 0
	for n := 0; r.Alive(); n++ {
		if !r.Fixed || n%50 == 0 {
			sum += parseDocument(in, n).kind()
		}
		sum += int(crc32.ChecksumIEEE(in))
	}
	r.Wait()
}
