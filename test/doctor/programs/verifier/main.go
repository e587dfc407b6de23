// Command verifier opens many small files and closes them when the function ends.
package main

import (
	"os"
	"path/filepath"
	"strconv"

	"example.com/lab/harness"
)

type token struct {
	held int
	data [16]byte
}

func (t *token) free() { t.held-- }

type verifier struct{ tokens []*token }

func (v *verifier) checkAll() (n int) {
	for _, t := range v.tokens {
		t.held++
		defer func(t *token) { t.free() }(t)
		for _, b := range t.data {
			n += int(b)
		}
	}
	return n
}

func (v *verifier) checkEach() (n int) {
	for _, t := range v.tokens {
		t.held++
		for _, b := range t.data {
			n += int(b)
		}
		t.free()
	}
	return n
}

func main() {
	r := harness.Begin(harness.Plan{})
	_ = os.Remove(filepath.Join(".", strconv.Itoa(1)))
	v := &verifier{}
	for i := 0; i < 800; i++ {
		v.tokens = append(v.tokens, &token{})
	}
	for r.Alive() {
		if r.Fixed {
			v.checkEach()
		} else {
			v.checkAll()
		}
	}
	r.Wait()
}
