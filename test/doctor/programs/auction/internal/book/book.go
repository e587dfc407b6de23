// Package book keeps bids.
package book

import (
	"sort"
	"sync"
)

// Bid is an offer.
type Bid struct{ User, Cents int }

// Book takes bids.
type Book interface{ Place(Bid) int }

type locked struct {
	mu  sync.Mutex
	top []Bid
}

type striped struct{ parts [64]locked }

// New makes a book with one lock, or with many.
func New(many bool) Book {
	if many {
		return &striped{}
	}
	return &locked{}
}

func (l *locked) Place(b Bid) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.top = append(l.top, b)
	sort.Slice(l.top, func(i, j int) bool { return l.top[i].Cents > l.top[j].Cents })
	if len(l.top) > 40 {
		l.top = l.top[:40]
	}
	return l.top[0].Cents
}

func (s *striped) Place(b Bid) int { return s.parts[b.User%64].Place(b) }
