// Results of benchmarks: how values spread, how they scale with processors and with sizes.

import { median, quantile } from '../../../analysis/compare/statistics.ts'
import { decodeUtf8 } from '../../../base/utf8.ts'
import { decodeBench } from '../../../formats/bench/bench.ts'
import type { BenchRun } from '../../../model/bench.ts'
import type { Workbench } from '../workbench.ts'

/** One benchmark of one file with one number of processors. */
export interface BenchRow {
  readonly file: number
  readonly pkg: string
  readonly name: string
  readonly procs: number
  /** Place in the list of scaling curves over sizes, -1 for none. */
  readonly curve: number
  /** By place in BenchAnswer.units: all values (-count), their median and how far the middle half spreads. */
  readonly values: readonly (readonly number[])[]
  readonly medians: readonly number[]
  readonly spread: readonly number[]
}

/** A benchmark that ran with several sizes or numbers of processors. */
export interface BenchCurve {
  readonly file: number
  readonly name: string
  readonly over: 'processors' | 'size'
  /** What the sizes are called, such as `n`; '' if the name does not say. */
  readonly variable: string
  readonly x: readonly number[]
  /** Median time of one operation, ns. */
  readonly ns: readonly number[]
  /** Over processors: how much faster than with the fewest, and that over the ideal. */
  readonly speedup: readonly number[]
  readonly efficiency: readonly number[]
  /** Over sizes: time grows as size to this power (slope of the logarithms); NaN else. */
  readonly power: number
}

export interface BenchAnswer {
  readonly files: readonly { readonly file: number; readonly name: string }[]
  /** `ns/op` first. */
  readonly units: readonly string[]
  readonly rows: readonly BenchRow[]
  readonly curves: readonly BenchCurve[]
}

export function answer(w: Workbench, _params: Record<string, never>): BenchAnswer {
  const files = w.files.filter((f) => f.kind === 'bench')
  const runs = files.map((f) => decodeBench(decodeUtf8(f.bytes)))
  const units = [...new Set(runs.flatMap((r) => r.flatMap((b) => [...b.values.keys()])))].sort(
    (a, b) => rank(a) - rank(b),
  )
  const curves = files.flatMap((f, k) => [...overProcs(f.id, runs[k]), ...overSizes(f.id, runs[k])])
  const rows = files.flatMap((f, k) => rowsOf(f.id, runs[k], units, curves))
  return { files: files.map(({ id, name }) => ({ file: id, name })), units, rows, curves }
}

const UNITS = ['ns/op', 'B/op', 'allocs/op', 'MB/s']
const rank = (unit: string): number => (UNITS.indexOf(unit) + UNITS.length + 1) % (UNITS.length + 1)

function grouped<T>(runs: readonly T[], key: (run: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const run of runs) {
    const known = groups.get(key(run))
    if (known === undefined) groups.set(key(run), [run])
    else known.push(run)
  }
  return [...groups.values()]
}

function rowsOf(
  file: number,
  runs: readonly BenchRun[],
  units: readonly string[],
  curves: readonly BenchCurve[],
): BenchRow[] {
  return grouped(runs, (r) => `${r.pkg} ${r.name} ${r.procs}`).map((same) => {
    const [{ pkg, name, procs }] = same
    const values = units.map((u) => same.flatMap((r) => r.values.get(u) ?? []))
    const stem = sizeOf(name)?.stem
    return {
      file,
      pkg,
      name,
      procs,
      curve: curves.findIndex((c) => c.file === file && (c.name === name || c.name === stem)),
      values,
      medians: values.map(median),
      spread: values.map((v) => {
        const m = median(v)
        return m === 0 ? 0 : (quantile(v, 0.75) - quantile(v, 0.25)) / m
      }),
    }
  })
}

function overProcs(file: number, runs: readonly BenchRun[]): BenchCurve[] {
  return grouped(runs, (r) => `${r.pkg} ${r.name}`).flatMap((same): BenchCurve[] => {
    const points = grouped(same, (r) => String(r.procs))
      .map((p) => ({ x: p[0].procs, ns: median(p.flatMap((r) => r.values.get('ns/op') ?? [])) }))
      .filter((p) => p.ns > 0)
      .sort((a, b) => a.x - b.x)
    if (points.length < 2) return []
    const [first] = points
    const speedup = points.map((p) => first.ns / p.ns)
    return [
      {
        file,
        name: same[0].name,
        over: 'processors',
        variable: 'GOMAXPROCS',
        x: points.map((p) => p.x),
        ns: points.map((p) => p.ns),
        speedup,
        efficiency: speedup.map((s, k) => s / (points[k].x / first.x)),
        power: Number.NaN,
      },
    ]
  })
}

const MULTIPLES: Readonly<Record<string, number>> = { k: 1e3, K: 1024, m: 1e6, M: 1 << 20, G: 2 ** 30 }

/** The size in the name of a benchmark: the last of its parts that is a number (`/n=1024`, `/1e6`, `/64K`). */
export function sizeOf(name: string): { stem: string; variable: string; size: number } | undefined {
  const parts = name.split('/')
  for (let k = parts.length - 1; k > 0; k--) {
    const m = /^(?:([A-Za-z_][\w.]*?)[=:-])?(\d+(?:\.\d+)?(?:e\d+)?)([kKmMG]?)(?:i?B)?$/.exec(parts[k])
    if (m === null) continue
    const stem = [...parts.slice(0, k), '*', ...parts.slice(k + 1)].join('/')
    return { stem, variable: m[1] ?? '', size: Number(m[2]) * (MULTIPLES[m[3]] ?? 1) }
  }
  return undefined
}

function overSizes(file: number, runs: readonly BenchRun[]): BenchCurve[] {
  const sized = runs.flatMap((r) => {
    const s = sizeOf(r.name)
    return s === undefined ? [] : [{ ...s, run: r }]
  })
  return grouped(sized, (s) => `${s.run.pkg} ${s.stem} ${s.variable}`).flatMap((same): BenchCurve[] => {
    // Sizes are compared with the processors that most runs had.
    const procs = Math.max(...same.map((s) => s.run.procs))
    const points = grouped(
      same.filter((s) => s.run.procs === procs),
      (s) => String(s.size),
    )
      .map((p) => ({ x: p[0].size, ns: median(p.flatMap((s) => s.run.values.get('ns/op') ?? [])) }))
      .filter((p) => p.x > 0 && p.ns > 0)
      .sort((a, b) => a.x - b.x)
    if (points.length < 2) return []
    return [
      {
        file,
        name: same[0].stem,
        over: 'size',
        variable: same[0].variable,
        x: points.map((p) => p.x),
        ns: points.map((p) => p.ns),
        speedup: [],
        efficiency: [],
        power: slope(
          points.map((p) => Math.log(p.x)),
          points.map((p) => Math.log(p.ns)),
        ),
      },
    ]
  })
}

/** Least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mx = x.reduce((a, b) => a + b, 0) / x.length
  const my = y.reduce((a, b) => a + b, 0) / y.length
  let xy = 0
  let xx = 0
  for (let k = 0; k < x.length; k++) {
    xy += (x[k] - mx) * (y[k] - my)
    xx += (x[k] - mx) ** 2
  }
  return xy / xx
}
