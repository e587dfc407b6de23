// Command nesting evaluates deeply nested expressions by mutual recursion over an interface.
package main

import "example.com/lab/harness"

type expr interface{ eval(env []int) int }

type lit int
type neg struct{ x expr }
type add struct{ x, y expr }

func (l lit) eval([]int) int      { return int(l) }
func (n neg) eval(env []int) int  { return -n.x.eval(env) }
func (a *add) eval(env []int) int { return a.x.eval(env) + a.y.eval(env) }

func deep(n int) expr {
	var e expr = lit(1)
	for i := 0; i < n; i++ {
		e = &add{neg{e}, lit(i)}
	}
	return e
}

func evaluate(e expr) int {
	out := make(chan int, 1)
	go func() { out <- e.eval(nil) }()
	return <-out
}

func main() {
	r := harness.Begin(harness.Plan{})
	n := 12000
	if r.Fixed {
		n = 12
	}
	e := deep(n)
	for r.Alive() {
		evaluate(e)
	}
	r.Wait()
}
