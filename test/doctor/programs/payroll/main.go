// Command payroll splits people among six workers by department; one department has nearly all.
package main

import (
	"math"
	"sync"

	"example.com/lab/harness"
)

type person struct{ dept, hours int }

func pay(p person) float64 {
	x := float64(p.hours)
	for k := 0; k < 3000; k++ {
		x = math.Sqrt(x*x + float64(k))
	}
	return x
}

func payDept(people []person, wg *sync.WaitGroup, out *float64) {
	defer wg.Done()
	for _, p := range people {
		*out += pay(p)
	}
}

func main() {
	r := harness.Begin(harness.Plan{Procs: 4})
	depts := make([][]person, 6)
	even := make([][]person, 6)
	for i := 0; i < 3000; i++ {
		d := 2
		if i%15 == 0 {
			d = i / 15 % 6
		}
		depts[d] = append(depts[d], person{d, i})
		even[i%6] = append(even[i%6], person{d, i})
	}
	if r.Fixed {
		depts = even
	}
	var sums [6]float64
	for r.Alive() {
		var wg sync.WaitGroup
		for d := range depts {
			wg.Add(1)
			go payDept(depts[d], &wg, &sums[d])
		}
		wg.Wait()
	}
	r.Wait()
}
