// Package trail remembers what happened.
package trail

import "container/list"

// Entry is one event.
type Entry struct {
	Who, What string
	Detail    []byte
}

// Trail is a list of events.
type Trail struct {
	all  *list.List
	most int
}

// New makes a trail of at most so many entries; 0 for any number.
func New(most int) *Trail { return &Trail{list.New(), most} }

// Record adds an event.
func (t *Trail) Record(who string, size int) {
	t.all.PushBack(&Entry{Who: who, What: "login", Detail: make([]byte, size)})
	if t.most > 0 && t.all.Len() > t.most {
		t.all.Remove(t.all.Front())
	}
}
