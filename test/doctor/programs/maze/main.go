// Command maze finds ways by recursion in one goroutine; garbage in between lets the collector shrink its stack.
package main

import "example.com/lab/harness"

type maze struct {
	cells [][]byte
	seen  [][]bool
}

func (m *maze) explore(x, y int) int {
	if x < 0 || y < 0 || x >= len(m.cells) || y >= len(m.cells) || m.seen[x][y] {
		return 0
	}
	m.seen[x][y] = true
	return 1 + m.explore(x+1, y) + m.explore(x, y+1) + m.explore(x-1, y) + m.explore(x, y-1)
}

func (m *maze) exploreLoop() (n int) {
	type at struct{ x, y int }
	todo := []at{{0, 0}}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if p.x < 0 || p.y < 0 || p.x >= len(m.cells) || p.y >= len(m.cells) || m.seen[p.x][p.y] {
			continue
		}
		m.seen[p.x][p.y] = true
		n++
		todo = append(todo, at{p.x + 1, p.y}, at{p.x, p.y + 1}, at{p.x - 1, p.y}, at{p.x, p.y - 1})
	}
	return n
}

func newMaze(n int) *maze {
	m := &maze{}
	for i := 0; i < n; i++ {
		m.cells = append(m.cells, make([]byte, n))
		m.seen = append(m.seen, make([]bool, n))
	}
	return m
}

func main() {
	r := harness.Begin(harness.Plan{})
	for r.Alive() {
		m := newMaze(250)
		done := make(chan int)
		go func() {
			if r.Fixed {
				done <- m.exploreLoop()
			} else {
				done <- m.explore(0, 0)
			}
		}()
		<-done
	}
	r.Wait()
}
