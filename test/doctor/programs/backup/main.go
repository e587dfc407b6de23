// Command backup checks many small parts; what it opens is closed only when all are done.
package main

import (
	"hash/crc32"

	"example.com/lab/harness"
)

type part struct {
	open  int
	bytes [96]byte
}

func (p *part) acquire() { p.open++ }
func (p *part) release() { p.open-- }

type set struct{ parts []part }

func (s *set) verify() (sum uint32) {
	for i := range s.parts {
		p := &s.parts[i]
		p.acquire()
		defer p.release()
		sum ^= crc32.ChecksumIEEE(p.bytes[:])
	}
	return sum
}

func (s *set) verifyEach() (sum uint32) {
	for i := range s.parts {
		p := &s.parts[i]
		p.acquire()
		sum ^= crc32.ChecksumIEEE(p.bytes[:])
		p.release()
	}
	return sum
}

func main() {
	r := harness.Begin(harness.Plan{})
	s := &set{make([]part, 3000)}
	for r.Alive() {
		if r.Fixed {
			s.verifyEach()
		} else {
			s.verify()
		}
	}
	r.Wait()
}
