// Output of `go test -bench` (golang.org/design/14313-benchmark-format): configuration lines `key: value` and
// lines `BenchmarkName-8   1000   123 ns/op   4 B/op`.

import type { BenchRun } from '../../model/bench.ts'

/** Whether text is output of `go test -bench`. */
export function sniffBench(head: string): boolean {
  return /^Benchmark\S*\s+\d+\s+[\d.]+ \S+/m.test(head)
}

/** Reads the lines of all benchmarks; other lines (logs of tests, PASS, ok) are not looked at. */
export function decodeBench(text: string): BenchRun[] {
  const runs: BenchRun[] = []
  const config = new Map<string, string>()
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const key = /^([a-z][^\s:A-Z]*):\s*(.*?)\s*$/.exec(line)
    if (key !== null) config.set(key[1], key[2])
    if (!/^Benchmark($|[^a-z])/.test(fields[0]) || fields.length < 4 || !/^\d+$/.test(fields[1])) continue
    const values = new Map<string, number>()
    for (let i = 2; i + 1 < fields.length; i += 2) {
      const value = Number(fields[i])
      if (Number.isFinite(value)) values.set(fields[i + 1], value)
    }
    if (values.size === 0) continue
    const procs = /-(\d+)$/.exec(fields[0])
    runs.push({
      name: fields[0].slice('Benchmark'.length).replace(/-\d+$/, '') || 'Benchmark',
      pkg: config.get('pkg') ?? '',
      procs: procs === null ? 1 : Number(procs[1]),
      iterations: Number(fields[1]),
      values,
    })
  }
  return runs
}
