// The lines of one function with their weights, what they call, and who calls the function: what a listing of its
// source shows beside the text. Of the profile alone, so it is there where no source is.

import type { Profile } from '../model/profile.ts'

/** What a line calls, next to it: a function that was inlined there, or the callee of the call. */
export interface LineCall {
  readonly line: number
  readonly name: string
  readonly inlined: boolean
  readonly weight: number
}

/** A file that the function has lines in: one, but for generated code. Columns are as long as `line`, ascending. */
export interface FunctionFile {
  readonly file: string
  /** Of the declaration, 0 if unknown. */
  readonly startLine: number
  readonly line: Float64Array
  readonly self: Float64Array
  readonly total: Float64Array
  /** The heaviest first, of all lines. */
  readonly calls: readonly LineCall[]
}

/** A place that the function is called from. */
export interface FunctionCaller {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly weight: number
  /** Functions between the place and the function, outermost first. */
  readonly via: readonly string[]
  /** Whether it was inlined into the caller (the last of `via`, if there are any). */
  readonly inlined: boolean
}

export interface FunctionLines {
  /** The heaviest first. Empty if the function is not in the profile. */
  readonly files: readonly FunctionFile[]
  readonly self: number
  readonly total: number
  /** The heaviest first. */
  readonly callers: readonly FunctionCaller[]
}

/** Callers further away than this are not looked for: between a function and the code of the user. */
const MOST_VIA = 16

interface LineRow {
  readonly file: number
  readonly line: number
  self: number
  total: number
  /** The last sample that was counted. */
  seen: number
}

interface Edge {
  readonly row: LineRow
  readonly name: number
  readonly inlined: boolean
  weight: number
  seen: number
}

interface Caller extends FunctionCaller {
  weight: number
}

/**
 * The lines of the function `name`, weights in the unit of sample type `value`, as doubles. Recursion counts a
 * sample once per line. Callers are the nearest ones that `own` takes for the user's code, or else the direct ones.
 */
export function functionLines(
  p: Profile,
  name: string,
  value: number,
  own: (name: string) => boolean,
): FunctionLines {
  return new LineSums(p, name, own).sum(value)
}

class LineSums {
  private readonly p: Profile
  private readonly own: (name: string) => boolean
  /** Function row -> 1 if it has the name. */
  private readonly wanted: Uint8Array
  /** Location -> line rows of the function, innermost first; undefined where it is not in. */
  private readonly hits: (readonly number[] | undefined)[]
  private readonly rows = new Map<number, Map<number, LineRow>>()
  private readonly edges = new Map<string, Edge>()
  private readonly callers = new Map<string, Caller>()
  private readonly startLine = new Map<number, number>()
  private readonly isOwn = new Map<number, boolean>()
  private self = 0
  private total = 0

  constructor(p: Profile, name: string, own: (name: string) => boolean) {
    this.p = p
    this.own = own
    const { functions, lines, locations, strings } = p
    this.wanted = new Uint8Array(functions.count + 1)
    for (let fn = 1; fn <= functions.count; fn++)
      if (strings.get(functions.name[fn]) === name) this.wanted[fn] = 1
    this.hits = new Array<readonly number[] | undefined>(locations.count + 1).fill(undefined)
    for (let loc = 1; loc <= locations.count; loc++)
      for (let l = locations.lineStart[loc]; l < locations.lineEnd[loc]; l++)
        if (this.wanted[lines.fn[l]] === 1) this.hits[loc] = [...(this.hits[loc] ?? []), l]
  }

  sum(value: number): FunctionLines {
    const { samples } = this.p
    const v = samples.value[value].f
    for (let row = 0; row < samples.count; row++) if (v[row] !== 0) this.sample(row, v[row])
    return {
      files: this.files(),
      self: this.self,
      total: this.total,
      callers: [...this.callers.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    }
  }

  private sample(row: number, v: number): void {
    const { samples, locations, lines } = this.p
    const from = samples.stackStart[row]
    const to = samples.stackEnd[row]
    let outermost = -1
    let outermostLine = -1
    for (let i = from; i < to; i++) {
      const loc = samples.frame[i]
      const hits = this.hits[loc]
      if (hits === undefined) continue
      for (const l of hits) {
        const line = this.lineRow(l)
        if (line.seen !== row) {
          line.seen = row
          line.total += v
        }
        const innermost = l === locations.lineStart[loc]
        if (innermost && i === from) {
          line.self += v
          this.self += v
        } else if (!innermost) this.call(line, lines.fn[l - 1], true, row, v)
        else {
          // What it called is the outermost line of the next location; one without lines has no name.
          const callee = samples.frame[i - 1]
          const last = locations.lineEnd[callee] - 1
          if (last >= locations.lineStart[callee]) this.call(line, lines.fn[last], false, row, v)
        }
        outermost = i
        outermostLine = l
      }
    }
    if (outermost < 0) return
    this.total += v
    this.calledFrom(row, outermost, outermostLine, v)
  }

  private lineRow(l: number): LineRow {
    const { lines, functions } = this.p
    const fn = lines.fn[l]
    const file = functions.filename[fn]
    const line = lines.line.f[l]
    if (!this.startLine.has(file)) this.startLine.set(file, functions.startLine.f[fn])
    let inFile = this.rows.get(file)
    if (inFile === undefined) {
      inFile = new Map()
      this.rows.set(file, inFile)
    }
    let row = inFile.get(line)
    if (row === undefined) {
      row = { file, line, self: 0, total: 0, seen: -1 }
      inFile.set(line, row)
    }
    return row
  }

  private call(row: LineRow, callee: number, inlined: boolean, sample: number, v: number): void {
    const name = this.p.functions.name[callee]
    const key = `${row.file} ${row.line} ${name} ${inlined}`
    let edge = this.edges.get(key)
    if (edge === undefined) {
      edge = { row, name, inlined, weight: 0, seen: -1 }
      this.edges.set(key, edge)
    }
    if (edge.seen === sample) return
    edge.seen = sample
    edge.weight += v
  }

  /** Who called the outermost occurrence: the nearest of the user's code, or the direct caller. */
  private calledFrom(row: number, at: number, l: number, v: number): void {
    const { samples, locations, lines, functions, strings } = this.p
    const chain: number[] = []
    const inlined = l + 1 < locations.lineEnd[samples.frame[at]]
    let own = -1
    outer: for (let i = at; i < samples.stackEnd[row]; i++) {
      const loc = samples.frame[i]
      for (let k = i === at ? l + 1 : locations.lineStart[loc]; k < locations.lineEnd[loc]; k++) {
        chain.push(k)
        if (this.isOwnFunction(lines.fn[k])) {
          own = chain.length - 1
          break outer
        }
        if (chain.length === MOST_VIA) break outer
      }
    }
    if (chain.length === 0) return
    const self = this.isOwnFunction(lines.fn[l])
    const chosen = own < 0 || self ? 0 : own
    const k = chain[chosen]
    const via = chain
      .slice(0, chosen)
      .reverse()
      .map((c) => strings.get(functions.name[lines.fn[c]]))
    const fn = lines.fn[k]
    const key = `${fn} ${lines.line.f[k]}`
    const known = this.callers.get(key)
    if (known !== undefined) {
      known.weight += v
      return
    }
    this.callers.set(key, {
      name: strings.get(functions.name[fn]),
      file: strings.get(functions.filename[fn]),
      line: lines.line.f[k],
      weight: v,
      via,
      inlined,
    })
  }

  private isOwnFunction(fn: number): boolean {
    let own = this.isOwn.get(fn)
    if (own === undefined) {
      own = this.own(this.p.strings.get(this.p.functions.name[fn]))
      this.isOwn.set(fn, own)
    }
    return own
  }

  private files(): FunctionFile[] {
    const { strings } = this.p
    const heavy = (rows: readonly LineRow[]): number => rows.reduce((sum, r) => sum + Math.abs(r.total), 0)
    return [...this.rows]
      .map(([file, byLine]) => ({ file, rows: [...byLine.values()].sort((a, b) => a.line - b.line) }))
      .sort((a, b) => heavy(b.rows) - heavy(a.rows))
      .map(({ file, rows }) => ({
        file: strings.get(file),
        startLine: this.startLine.get(file) ?? 0,
        line: Float64Array.from(rows, (r) => r.line),
        self: Float64Array.from(rows, (r) => r.self),
        total: Float64Array.from(rows, (r) => r.total),
        calls: [...this.edges.values()]
          .filter((e) => e.row.file === file)
          .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
          .map((e) => ({
            line: e.row.line,
            name: strings.get(e.name),
            inlined: e.inlined,
            weight: e.weight,
          })),
      }))
  }
}
