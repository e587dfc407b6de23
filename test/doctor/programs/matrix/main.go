// Command matrix multiplies matrices in one goroutine: a tool that computes one thing. Healthy.
package main

import "example.com/lab/harness"

type matrix [][]float64

func zero(n int) matrix {
	m := make(matrix, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

func (m matrix) times(a, b matrix) {
	for i := range m {
		for j := range m {
			var s float64
			for k := range m {
				s += a[i][k] * b[k][j]
			}
			m[i][j] = s
		}
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	a, b, c := zero(200), zero(200), zero(200)
	for i := range a {
		a[i][i], b[i][(i+1)%200] = 2, 3
	}
	for r.Alive() {
		c.times(a, b)
		a, c = c, a
	}
	r.Wait()
}
