// Package harness lets a program run for a few seconds and writes down what the runtime tells of it, in
// files named as `goscope capture` names them. The doctor's tests read the result.
package harness

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"sync/atomic"
	"time"
)

// Plan says how a program is looked at. Zero values stand for what most programs want.
type Plan struct {
	Procs     int     // GOMAXPROCS, 2
	Snapshots int     // heap-tN, goroutine-tN and memstats-tN, spread over the run
	CPUShare  float64 // part of the run that the CPU profile covers, 0.6
	BlockRate int     // 1000; -1 leaves it off
	MutexRate int     // 5; -1 leaves it off
	Seconds   float64 // 3.5
}

// Run is one run of a program.
type Run struct {
	Fixed bool
	plan  Plan
	dir   string
	dur   time.Duration
	began time.Time
	over  atomic.Bool
	done  chan struct{}
}

// Begin parses the flags and starts to record.
func Begin(p Plan) *Run {
	if p.Procs == 0 {
		p.Procs = 2
	}
	if p.CPUShare == 0 {
		p.CPUShare = 0.6
	}
	if p.BlockRate == 0 {
		p.BlockRate = 1000
	}
	if p.MutexRate == 0 {
		p.MutexRate = 5
	}
	if p.Seconds == 0 {
		p.Seconds = 3.5
	}
	r := &Run{plan: p, done: make(chan struct{}), began: time.Now()}
	flag.BoolVar(&r.Fixed, "fixed", false, "run the repaired program")
	flag.StringVar(&r.dir, "to", "", "folder for the capture; without it the program just runs")
	flag.DurationVar(&r.dur, "dur", time.Duration(p.Seconds*float64(time.Second)), "how long to run")
	flag.Parse()
	runtime.GOMAXPROCS(p.Procs)
	if r.dir != "" {
		check(os.MkdirAll(r.dir, 0o755))
		r.memstats("memstats.before.json")
		if p.BlockRate > 0 {
			runtime.SetBlockProfileRate(p.BlockRate)
		}
		if p.MutexRate > 0 {
			runtime.SetMutexProfileFraction(p.MutexRate)
		}
	}
	go r.watch()
	return r
}

// Alive is true until the recording has ended.
func (r *Run) Alive() bool { return !r.over.Load() }

// Wait returns when the recording has ended.
func (r *Run) Wait() { <-r.done }

// Elapsed is the part of the run that is over, 0 to 1.
func (r *Run) Elapsed() float64 { return float64(time.Since(r.began)) / float64(r.dur) }

func (r *Run) until(part float64) {
	time.Sleep(time.Until(r.began.Add(time.Duration(part * float64(r.dur)))))
}

func (r *Run) watch() {
	defer close(r.done)
	defer r.over.Store(true)
	if r.dir == "" {
		r.until(1)
		return
	}
	f := r.create("cpu.pb.gz")
	check(pprof.StartCPUProfile(f))
	next := 1
	snapshots := func(until float64) {
		for ; next <= r.plan.Snapshots; next++ {
			at := 0.85 * float64(next) / float64(r.plan.Snapshots+1)
			if at > until {
				return
			}
			r.until(at)
			runtime.GC()
			r.profile("heap", fmt.Sprintf("heap-t%d.pb.gz", next), 0)
			r.profile("goroutine", fmt.Sprintf("goroutine-t%d.pb.gz", next), 0)
			r.memstats(fmt.Sprintf("memstats-t%d.json", next))
		}
	}
	snapshots(r.plan.CPUShare)
	r.until(r.plan.CPUShare)
	pprof.StopCPUProfile()
	check(f.Close())
	r.trace()
	snapshots(0.85)
	r.until(0.85)
	r.memstats("memstats.json")
	r.metrics()
	for _, kind := range []string{"goroutine", "threadcreate", "block", "mutex"} {
		if kind == "block" && r.plan.BlockRate < 0 || kind == "mutex" && r.plan.MutexRate < 0 {
			continue
		}
		r.profile(kind, kind+".pb.gz", 0)
		r.profile(kind, kind+".debug1.txt", 1)
	}
	r.profile("goroutine", "goroutine.debug2.txt", 2)
	runtime.GC()
	r.profile("heap", "heap.pb.gz", 0)
	r.profile("allocs", "allocs.pb.gz", 0)
	r.profile("heap", "heap.debug1.txt", 1)
	if pprof.Lookup("goroutineleak") != nil {
		r.profile("goroutineleak", "goroutineleak.pb.gz", 0)
	}
}

func (r *Run) create(name string) *os.File {
	f, err := os.Create(filepath.Join(r.dir, name))
	check(err)
	return f
}

func (r *Run) profile(kind, name string, debug int) {
	f := r.create(name)
	check(pprof.Lookup(kind).WriteTo(f, debug))
	check(f.Close())
}

func (r *Run) memstats(name string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.json(name, &m)
	if name == "memstats.json" {
		r.json("vars.json", map[string]any{"cmdline": []string{"lab"}, "memstats": &m})
	}
}

func (r *Run) json(name string, v any) {
	b, err := json.Marshal(v)
	check(err)
	check(os.WriteFile(filepath.Join(r.dir, name), append(b, '\n'), 0o644))
}

type bucket struct {
	From, To string
	Count    uint64
}

func (r *Run) metrics() {
	var samples []metrics.Sample
	for _, d := range metrics.All() {
		samples = append(samples, metrics.Sample{Name: d.Name})
	}
	metrics.Read(samples)
	out := map[string]any{}
	for _, s := range samples {
		switch s.Value.Kind() {
		case metrics.KindUint64:
			out[s.Name] = s.Value.Uint64()
		case metrics.KindFloat64:
			out[s.Name] = s.Value.Float64()
		case metrics.KindFloat64Histogram:
			h := s.Value.Float64Histogram()
			list := []bucket{}
			for i, n := range h.Counts {
				if n > 0 {
					list = append(list, bucket{bound(h.Buckets[i]), bound(h.Buckets[i+1]), n})
				}
			}
			out[s.Name] = list
		}
	}
	r.json("metrics.json", out)
}

func bound(f float64) string {
	if math.IsInf(f, 0) {
		return fmt.Sprint(f)
	}
	return fmt.Sprintf("%g", f)
}

type sink struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *sink) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Len()
}

// The trace covers at most 0.35 s and is stopped after some 300 kB.
func (r *Run) trace() {
	var s sink
	check(trace.Start(&s))
	for end := time.Now().Add(350 * time.Millisecond); time.Now().Before(end) && s.size() < 300<<10; {
		time.Sleep(5 * time.Millisecond)
	}
	trace.Stop()
	check(os.WriteFile(filepath.Join(r.dir, "trace.out"), s.buf.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		os.Exit(1)
	}
}
