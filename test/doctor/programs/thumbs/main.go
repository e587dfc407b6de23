// Command thumbs keeps 16 bytes of EXIF of each picture, and so the picture.
package main

import (
	"bytes"
	"io"
	"time"

	"example.com/lab/harness"
)

type index struct{ exif [][]byte }

type upload struct{ size int }

func (u *upload) Read(p []byte) (int, error) {
	if u.size <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), u.size)
	u.size -= n
	return n, nil
}

func (x *index) add(size int, fixed bool) {
	body, err := io.ReadAll(&upload{size})
	if err != nil {
		return
	}
	tag := body[20:36]
	if fixed {
		tag = bytes.Clone(tag)
	}
	x.exif = append(x.exif, tag)
}

func main() {
	r := harness.Begin(harness.Plan{Snapshots: 3})
	x := &index{}
	for n := 0; r.Alive(); n++ {
		x.add(20000+n*37%30000, r.Fixed)
		time.Sleep(3 * time.Millisecond)
	}
	r.Wait()
}
