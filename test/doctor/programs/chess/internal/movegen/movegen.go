// Package movegen lists moves on a board.
package movegen

// Move is one move.
type Move struct {
	From, To int8
	Score    int32
	Next     *Move
}

// Board is a toy position.
type Board struct {
	cells [64]int8
	spare []Move
}

// NewBoard sets up a position.
func NewBoard() *Board {
	b := &Board{}
	for i := range b.cells {
		b.cells[i] = int8(i * 7 % 5)
	}
	return b
}

// Moves makes a list of all moves, each an object of its own.
//
//go:noinline
func (b *Board) Moves(depth int) []*Move {
	var out []*Move
	for from := range b.cells {
		if b.cells[from] != int8(depth%5) {
			continue
		}
		for _, d := range [...]int{-9, -8, -7, -1, 1, 7, 8, 9} {
			to := from + d
			if to < 0 || to > 63 {
				continue
			}
			out = append(out, &Move{From: int8(from), To: int8(to), Score: int32(b.cells[to])})
		}
	}
	return out
}

// MovesInto does the same in a slice that is kept.
func (b *Board) MovesInto(depth int) []Move {
	out := b.spare[:0]
	for from := range b.cells {
		if b.cells[from] != int8(depth%5) {
			continue
		}
		for _, d := range [...]int{-9, -8, -7, -1, 1, 7, 8, 9} {
			to := from + d
			if to < 0 || to > 63 {
				continue
			}
			out = append(out, Move{From: int8(from), To: int8(to), Score: int32(b.cells[to])})
		}
	}
	b.spare = out
	return out
}
