import { describe, expect, test } from 'vitest'
import { decodeGoMetrics, promName } from './go-collector.ts'
import { parsePrometheus } from './text.ts'

const all = (): boolean => true

describe('the text format', () => {
  test('labels with quotes, escapes and braces; times; exponents', () => {
    const samples = parsePrometheus(
      `# HELP a b
# TYPE a counter
a 1
a{x="1",y="a\\"b\\\\c\\nd}"} 2.5e3 1395066363000
a { z = "," , } NaN
b{le="+Inf"} +Inf
_:c -.5
`,
      all,
    )
    expect(samples.map((s) => [s.name, Object.fromEntries(s.labels), s.value])).toEqual([
      ['a', {}, 1],
      ['a', { x: '1', y: 'a"b\\c\nd}' }, 2500],
      ['b', { le: '+Inf' }, Number.POSITIVE_INFINITY],
      ['_:c', {}, -0.5],
    ])
  })

  test('what is no sample is passed over', () => {
    const text = 'a\na{x="1" 2\na{x=1} 2\na{} x\n{} 1\n1a 2\n<html>\na 0x10\n\0\n'
    expect(parsePrometheus(text, all)).toEqual([])
  })

  test('only wanted names are read', () => {
    expect(parsePrometheus('go_a 1\nother 2\n', (n) => n.startsWith('go_')).map((s) => s.name)).toEqual([
      'go_a',
    ])
  })
})

const PAGE = `go_goroutines 7
go_info{version="go1.24.1"} 1
go_threads 6
go_memstats_alloc_bytes 606544
go_memstats_alloc_bytes_total 1.5e+06
go_memstats_heap_alloc_bytes 606544
go_memstats_heap_idle_bytes 5e+06
go_memstats_heap_released_bytes 4e+06
go_memstats_last_gc_time_seconds 1.79e+09
go_memstats_next_gc_bytes 4.194304e+06
go_memstats_sys_bytes 1.2278024e+07
go_gc_duration_seconds{quantile="1"} 0.002
go_gc_duration_seconds_sum 0.004
go_gc_duration_seconds_count 9
go_sched_latencies_seconds_bucket{le="1e-06"} 10
go_sched_latencies_seconds_bucket{le="0.001"} 15
go_sched_latencies_seconds_bucket{le="+Inf"} 16
go_sched_latencies_seconds_sum 1
go_cpu_classes_gc_total_cpu_seconds_total 2.5
go_sched_gomaxprocs_threads 4
process_cpu_seconds_total 12.5
process_open_fds 9
process_max_fds 20000
process_resident_memory_bytes 1.7e+07
process_start_time_seconds 1.795e+09
`

describe('the Go collector', () => {
  test('as statistics, metrics and facts of the process', () => {
    const p = decodeGoMetrics(PAGE)!
    expect(p).toMatchObject({
      goroutines: 7,
      threads: 6,
      cpuSeconds: 12.5,
      residentBytes: 1.7e7,
      openFiles: 9,
      maxFiles: 20000,
      startSeconds: 1.795e9,
    })
    expect(p.memory.goVersion).toBe('go1.24.1')
    expect(p.memory.memstats).toMatchObject({
      TotalAlloc: 1.5e6,
      HeapAlloc: 606544,
      HeapReleased: 4e6,
      NextGC: 4194304,
      LastGC: 1.79e18,
      NumGC: 9,
      PauseTotalNs: 4e6,
    })
    expect(p.memory.metrics?.values.get('/cpu/classes/gc/total:cpu-seconds')).toBe(2.5)
    expect(p.memory.metrics?.values.get('/sched/gomaxprocs:threads')).toBe(4)
    expect(p.memory.metrics?.histograms.get('/sched/latencies:seconds')).toEqual([
      { from: Number.NEGATIVE_INFINITY, to: 1e-6, count: 10 },
      { from: 1e-6, to: 0.001, count: 5 },
      { from: 0.001, to: Number.POSITIVE_INFINITY, count: 1 },
    ])
  })

  test('names', () => {
    expect(promName('/gc/heap/live:bytes')).toBe('go_gc_heap_live_bytes')
    expect(promName('/sched/goroutines/not-in-go:goroutines')).toBe(
      'go_sched_goroutines_not_in_go_goroutines',
    )
  })

  test('pages of others', () => {
    for (const text of ['', '<html></html>', 'node_load1 2.48\nprocess_cpu_seconds_total 1\n'])
      expect(decodeGoMetrics(text)).toBeUndefined()
  })

  test('cut anywhere it does not throw', () => {
    for (let n = 0; n < PAGE.length; n += 3) decodeGoMetrics(PAGE.slice(0, n))
  })
})
