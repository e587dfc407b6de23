// The instructions of one function, wherever the compiler put them: in the function's own code, and in that of the
// functions into which it was inlined. The reference's listings know the former only.
//
//   1. Sum samples by address; take the addresses whose frames hold the function.
//   2. The code around them, function by function, is disassembled; the heaviest first.
//   3. Each instruction goes to the line of the function that it was made from.

import { UserError } from '../../base/errors.ts'
import { baseName, cleanPath } from '../../base/go-path.ts'
import { hexInt, type Int } from '../../base/int64.ts'
import type { Symbolize } from '../../binary/disasm/index.ts'
import type { Executable } from '../../binary/executable.ts'
import { codeAt, functionBounds, inlinedFrames, type SourceFrame } from '../../binary/lookup.ts'
import { goToolBase, objectAddress, tableAddress } from '../../binary/object-address.ts'
import { executableSymbolizer } from '../../binary/symbol-lookup.ts'
import type { Report } from '../../reports/report.ts'
import { filesOf, SourceLines } from '../../reports/source-lines.ts'
import type { ListingCall, ListingCode, ListingInstruction, ListingSymbol } from './listing.ts'

export interface FoundCode {
  readonly code: ListingCode[]
  readonly symbols: ListingSymbol[]
  /** Why there are no instructions; '' if there are. */
  readonly codeError: string
}

/** Pieces of code that are disassembled at most, and instructions in all. */
const MOST_PIECES = 40
const MOST_INSTRUCTIONS = 20_000
/** A longer instruction is damage; it costs to draw. */
const MOST_TEXT = 400

interface Weights {
  self: number
  total: number
}

/** A function of an executable that samples of ours lie in. */
interface Piece {
  readonly exe: Executable
  readonly name: string
  readonly start: number
  readonly end: number
  /** Address in the file -> weights. */
  readonly at: Map<number, Weights>
  weight: number
}

/** Of a report in full detail (`weblist`). Never throws for executables that cannot be read. */
export function functionCode(report: Report, fn: string): FoundCode {
  const finder = new CodeFinder(report, fn)
  const pieces = finder.pieces().sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const writer = new CodeWriter(report, fn)
  for (const piece of pieces.slice(0, MOST_PIECES)) writer.add(piece)
  const found = writer.done()
  const empty = found.code.length === 0 && found.symbols.length === 0
  return { ...found, codeError: empty ? [...finder.problems, ...writer.problems].join('\n') : '' }
}

class CodeFinder {
  readonly problems = new Set<string>()
  private readonly r: Report
  private readonly fn: string
  private readonly opened = new Map<number, { exe: Executable; base: Int } | undefined>()

  constructor(r: Report, fn: string) {
    this.r = r
    this.fn = fn
  }

  pieces(): Piece[] {
    const weights = this.weights()
    const { locations } = this.r.profile
    const pieces = new Map<string, Piece>()
    let known: Piece | undefined
    for (const [loc, w] of weights) {
      const mapped = this.executable(locations.mapping[loc])
      if (mapped === undefined) continue
      const { exe, base } = mapped
      const at = tableAddress(objectAddress(locations.address.get(loc), base))
      if (known === undefined || known.exe !== exe || at < known.start || at >= known.end) {
        const bounds = functionBounds(exe, at)
        if (bounds === undefined) continue
        const key = `${locations.mapping[loc]} ${bounds.start}`
        known = pieces.get(key) ?? { exe, ...bounds, at: new Map(), weight: 0 }
        pieces.set(key, known)
      }
      const sum = known.at.get(at) ?? { self: 0, total: 0 }
      known.at.set(at, { self: sum.self + w.self, total: sum.total + w.total })
      known.weight += w.total
    }
    if (weights.size === 0) this.problems.add('there are no samples of it')
    return [...pieces.values()]
  }

  /** Locations with an address that hold the function, and what they weigh. */
  private weights(): Map<number, Weights> {
    const { profile: p, options } = this.r
    const { samples, locations, lines, functions, strings } = p
    const holds = new Uint8Array(locations.count + 1)
    for (let loc = 1; loc <= locations.count; loc++)
      for (let l = locations.lineStart[loc]; l < locations.lineEnd[loc]; l++)
        if (strings.get(functions.name[lines.fn[l]]) === this.fn) holds[loc] = 1
    const out = new Map<number, Weights>()
    const seen = new Int32Array(locations.count + 1).fill(-1)
    const v = samples.value[options.value].f
    let bare = false
    for (let row = 0; row < samples.count; row++)
      for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) {
        const loc = samples.frame[i]
        if (holds[loc] === 0) continue
        if (locations.address.f[loc] === 0) {
          bare = true
          continue
        }
        let w = out.get(loc)
        if (w === undefined) {
          w = { self: 0, total: 0 }
          out.set(loc, w)
        }
        if (i === samples.stackStart[row]) w.self += v[row]
        // Recursion: once per sample.
        if (seen[loc] !== row) w.total += v[row]
        seen[loc] = row
      }
    if (bare) this.problems.add('the profile has no addresses')
    return out
  }

  private executable(m: number): { exe: Executable; base: Int } | undefined {
    if (m === 0) {
      this.problems.add('the profile does not say which executable it is of')
      return undefined
    }
    if (!this.opened.has(m)) {
      const { mappings, strings } = this.r.profile
      let opened: { exe: Executable; base: Int } | undefined
      try {
        const exe = filesOf(this.r).binaries.open(strings.get(mappings.file[m]))
        opened = { exe, base: goToolBase(exe.image, mappings.start.get(m)) }
      } catch (e) {
        if (!(e instanceof UserError)) throw e
        this.problems.add(e.message)
      }
      this.opened.set(m, opened)
    }
    return this.opened.get(m)
  }
}

class CodeWriter {
  readonly problems = new Set<string>()
  private readonly r: Report
  private readonly fn: string
  private readonly sources: SourceLines
  private readonly symbolizers = new Map<Executable, Symbolize>()
  private readonly lines = new Map<
    string,
    { file: string; line: number; instructions: ListingInstruction[] }
  >()
  private readonly symbols: ListingSymbol[] = []
  private room = MOST_INSTRUCTIONS

  constructor(r: Report, fn: string) {
    this.r = r
    this.fn = fn
    this.sources = new SourceLines(r)
  }

  add(piece: Piece): void {
    const { exe } = piece
    const disassembler = filesOf(this.r).disassembler(exe.arch)
    if (disassembler === undefined) {
      this.problems.add(`goscope cannot disassemble code for ${exe.arch}`)
      return
    }
    const code = codeAt(exe, piece.start, piece.end)
    if (code === undefined) return
    let symbolize = this.symbolizers.get(exe)
    if (symbolize === undefined) {
      symbolize = executableSymbolizer(exe)
      this.symbolizers.set(exe, symbolize)
    }
    const listing = disassembler.disassemble(code.bytes, code.start, symbolize)
    const own = piece.name === this.fn
    const all: ListingInstruction[] = []
    let left = 0
    let follows = -1
    for (let row = 0; row < listing.length; row++) {
      const address = listing.addressOf(row)
      const at = tableAddress(address)
      const frames = inlinedFrames(exe, at)
      const depth = frames.findLastIndex((f) => f.fn === this.fn)
      if (depth < 0 && !own) continue
      if (this.room <= 0) {
        left++
        continue
      }
      this.room--
      const size = listing.sizeOf(row)
      const inner = frames[0]
      const x: ListingInstruction = {
        address: hexInt(address),
        text: listing.texts[row].slice(0, MOST_TEXT),
        ...sumOf(piece.at, at, size),
        file: inner === undefined || inner.file === '' ? '' : baseName(inner.file),
        line: inner?.line ?? 0,
        block: at !== follows,
        calls: frames
          .slice(0, Math.max(0, depth))
          .reverse()
          .map((f) => this.callOf(f)),
      }
      follows = at + size
      all.push(x)
      const place = frames[depth]
      if (place !== undefined && place.line > 0) this.lineOf(place).push(x)
    }
    if (own)
      this.symbols.push({
        name: piece.name,
        self: all.reduce((sum, x) => sum + x.self, 0),
        total: piece.weight,
        instructions: all.map(({ block: _, calls: __, ...x }) => x),
        left,
      })
  }

  private callOf(f: SourceFrame): ListingCall {
    const text = f.line > 0 ? (this.sources.line(f.file, f.line, f.fn || this.fn) ?? '') : ''
    return {
      fn: f.fn,
      file: f.file === '' ? '' : baseName(f.file),
      line: f.line,
      text: text.trim().slice(0, MOST_TEXT),
    }
  }

  private lineOf({ file, line }: SourceFrame): ListingInstruction[] {
    const clean = cleanPath(file)
    const key = `${line} ${clean}`
    let known = this.lines.get(key)
    if (known === undefined) {
      known = { file: clean, line, instructions: [] }
      this.lines.set(key, known)
    }
    return known.instructions
  }

  done(): Pick<FoundCode, 'code' | 'symbols'> {
    return { code: [...this.lines.values()].sort((a, b) => a.line - b.line), symbols: this.symbols }
  }
}

/** Profilers record the address behind a call, less 1: what lies within an instruction is its own. */
function sumOf(at: ReadonlyMap<number, Weights>, address: number, size: number): Weights {
  const sum = { self: 0, total: 0 }
  for (let k = 0; k < size; k++) {
    const w = at.get(address + k)
    if (w === undefined) continue
    sum.self += w.self
    sum.total += w.total
  }
  return sum
}
