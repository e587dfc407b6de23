// Source lines with the instructions they became, as google/pprof internal/report MakeWebList and cmd/pprof
// find them:
//
//   1. Sum samples by address; addresses of functions (and files) that match are of interest.
//   2. Those with an executable are widened to ranges, and the heaviest ranges are disassembled.
//   3. Each instruction goes to the lines of all functions of interest in its stack of inlined calls.
//   4. Lines near each other become stretches of a file, printed with what lies between.

import { type AddressLookup, goToolLookup } from '../analysis/symbolize.ts'
import { UserError } from '../base/errors.ts'
import { baseName, cleanPath } from '../base/go-path.ts'
import { goSortArray } from '../base/go-sort.ts'
import { addInt, asUint, cmpInt, type Int, quoInt, subInt } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import type { Symbolize } from '../binary/disasm/index.ts'
import type { Executable } from '../binary/executable.ts'
import { codeAt } from '../binary/lookup.ts'
import { goToolBase, objectAddress, tableAddress } from '../binary/object-address.ts'
import { executableSymbolizer } from '../binary/symbol-lookup.ts'
import type { Profile } from '../model/profile.ts'
import { addressOf, LineFinder } from './disasm.ts'
import type { Report } from './report.ts'
import type { ReportFiles } from './report-files.ts'
import { filesOf, SourceLines } from './source-lines.ts'

/** A place in a function whose call was inlined. */
export interface WeblistCall {
  readonly fn: string
  readonly file: string
  readonly line: number
}

/** An instruction under a source line. */
export interface WeblistInstruction {
  /** Address in the file (in the process for those without an executable). */
  readonly address: Int
  /** Go's assembler syntax; '' where there is no executable. */
  readonly text: string
  readonly flat: Int
  readonly cum: Int
  /** Innermost place. */
  readonly file: string
  readonly line: number
  /** It does not follow the instruction in front of it. */
  readonly startsBlock: boolean
  /** Inlined calls between the line and the instruction, outermost first. */
  readonly calls: readonly WeblistCall[]
}

export interface WeblistLine {
  readonly line: number
  readonly text: string
  readonly flat: Int
  readonly cum: Int
  readonly instructions: readonly WeblistInstruction[]
}

/** A stretch of a file that belongs to one function. */
export interface WeblistFunction {
  readonly name: string
  readonly file: string
  readonly flat: Int
  readonly cum: Int
  readonly lines: readonly WeblistLine[]
}

export interface WeblistDoc {
  readonly total: Int
  /** By file, then line. */
  readonly functions: readonly WeblistFunction[]
  readonly sources: SourceLines
}

/** What is known of an instruction. */
interface Instruction {
  readonly objectAddress: Int
  readonly length: number
  readonly text: string
  readonly file: string
  readonly line: number
  flat: Int
  cum: Int
}

interface Frame {
  readonly fn: string
  readonly file: string
  readonly line: number
}

/** An instruction in a line, with its calls. */
interface Placed {
  readonly address: Int
  readonly calls: readonly WeblistCall[]
}

interface FileLines {
  readonly name: string
  readonly lines: Map<number, Placed[]>
  /** Line -> function met there first. */
  readonly fn: Map<number, string>
}

/** An executable that addresses lie in, as its first mapping has it. */
interface Mapped {
  readonly exe: Executable
  readonly base: Int
  readonly lookup: AddressLookup
}

interface Range {
  readonly begin: Int
  readonly end: Int
  readonly mapped: Mapped
  readonly score: Int
}

/** Bytes around an address that are disassembled as well. */
const EXPAND = 500
/** Ranges that are disassembled at most. */
const MAX_RANGES = 25
/** An instruction without a line takes the line of one that starts at most this far in front. */
const NEIGHBORHOOD = 32
/** Lines of a function that are less apart than this are one stretch. */
const MERGE_LINES = 20
/** Lines shown around a stretch. */
const MARGIN = 5
/** A line number that no file has, for locations that claim more. */
const NO_LINE = 2 ** 31

/** Builds the listing of the functions and files that match. Throws UserError if none does. */
export function buildWeblist(r: Report): WeblistDoc {
  const w = new Weblist(r)
  w.collect()
  if (w.interest.size === 0)
    throw new UserError(`no matches found for regexp: ${r.options.symbol?.source ?? ''}`)
  w.disassemble()
  return { total: r.total, functions: w.functions(), sources: w.sources }
}

class Weblist {
  /** Names of functions that match. */
  readonly interest = new Set<string>()
  readonly sources: SourceLines
  private readonly r: Report
  private readonly p: Profile
  private readonly files: ReportFiles
  private readonly flat = new Map<Int, Int>()
  private readonly cum = new Map<Int, Int>()
  /** Addresses of interest and a location that has them. */
  private readonly wanted = new Map<Int, number>()
  private readonly objects = new Map<number, Mapped | undefined>()
  private readonly symbolizers = new Map<Executable, Symbolize>()
  private readonly instructions = new Map<Int, Instruction>()
  private readonly output = new Map<string, FileLines>()
  /** Names as the linker has them -> names to print. */
  private readonly printed = new Map<string, string>()

  constructor(r: Report) {
    this.r = r
    this.p = r.profile
    this.files = filesOf(r)
    this.sources = new SourceLines(r)
  }

  // ---- step 1

  collect(): void {
    const { p } = this
    const { samples } = p
    const addresses = this.addresses()
    const matching = this.matchingLines()
    const value = samples.value[this.r.options.value]
    const divisor = this.r.options.divisor === undefined ? undefined : samples.value[this.r.options.divisor]
    for (let row = 0; row < samples.count; row++) {
      let v = value.get(row)
      const d = divisor?.get(row) ?? 0
      if (d !== 0) v = quoInt(v, d)
      const leaf = samples.stackStart[row]
      for (let i = samples.stackEnd[row] - 1; i >= leaf; i--) {
        const loc = samples.frame[i]
        const address = addresses[loc]
        // As often as it is in the stack: the reference does not watch for recursion here.
        this.cum.set(address, addInt(this.cum.get(address) ?? 0, v))
        if (i === leaf) this.flat.set(address, addInt(this.flat.get(address) ?? 0, v))
        for (const line of matching(loc)) this.take(line, address, loc)
      }
    }
  }

  private take(line: number, address: Int, loc: number): void {
    const { functions, lines, strings } = this.p
    const fn = lines.fn[line]
    this.interest.add(strings.get(functions.name[fn]))
    this.interest.add(strings.get(functions.systemName[fn]))
    if (!this.wanted.has(address)) this.wanted.set(address, loc)
  }

  /** Location -> its address; those without one get numbers behind all mappings. */
  private addresses(): Int[] {
    const { locations, mappings } = this.p
    let next: Int = 1
    for (let m = 1; m <= mappings.count; m++)
      if (cmpInt(next, mappings.limit.get(m)) < 0) next = mappings.limit.get(m)
    const out: Int[] = [0]
    for (let loc = 1; loc <= locations.count; loc++) {
      let address = locations.address.get(loc)
      if (address === 0) {
        address = next
        next = asUint(addInt(next, 1))
      }
      out.push(address)
    }
    return out
  }

  /** Which lines of a location match, found once per location. Takes note of its names as well. */
  private matchingLines(): (loc: number) => readonly number[] {
    const { p } = this
    const { locations, lines, functions, mappings, strings } = p
    const { symbol } = this.r.options
    const at = symbol === undefined ? undefined : addressOf(symbol)
    const known: (readonly number[] | undefined)[] = []
    const texts = new Map<number, boolean>()
    const test = (id: number): boolean => {
      let match = texts.get(id)
      if (match === undefined) {
        match = symbol!.test(strings.get(id))
        texts.set(id, match)
      }
      return match
    }
    const find = (loc: number): number[] => {
      const from = locations.lineStart[loc]
      const to = locations.lineEnd[loc]
      for (let l = from; l < to; l++) {
        const fn = lines.fn[l]
        this.printed.set(strings.get(functions.systemName[fn]), strings.get(functions.name[fn]))
      }
      if (symbol === undefined || (at !== undefined && locations.address.get(loc) === at))
        return from < to ? [to - 1] : []
      const m = locations.mapping[loc]
      const inFile = m !== 0 && test(mappings.file[m])
      const out: number[] = []
      for (let l = from; l < to; l++) {
        const fn = lines.fn[l]
        if (
          (l === from && inFile) ||
          test(functions.name[fn]) ||
          test(functions.systemName[fn]) ||
          test(functions.filename[fn])
        )
          out.push(l)
      }
      return out
    }
    return (loc) => {
      known[loc] ??= find(loc)
      return known[loc]
    }
  }

  // ---- step 2

  disassemble(): void {
    const withCode: Int[] = []
    const without: Int[] = []
    for (const [address, loc] of this.wanted)
      (this.object(this.p.locations.mapping[loc]) === undefined ? without : withCode).push(address)
    withCode.sort(cmpInt)
    const ranges = this.ranges(withCode)
    for (const address of without.sort(cmpInt)) this.addBare(address)
    goSortArray(ranges, (a, b) => cmpInt(b.score, a.score))
    for (const range of ranges.slice(0, MAX_RANGES)) this.addRange(range)
    // Samples within an instruction are its own: profilers record the address behind a call, less 1.
    for (const [address, x] of this.instructions)
      for (let k = 0; k < x.length; k++) {
        const at = k === 0 ? address : asUint(addInt(address, k))
        x.flat = addInt(x.flat, this.flat.get(at) ?? 0)
        x.cum = addInt(x.cum, this.cum.get(at) ?? 0)
      }
  }

  /** The executable of a mapping; one per file, placed as the first mapping of the file says. */
  private object(m: number): Mapped | undefined {
    if (m === 0) return undefined
    const { mappings, strings } = this.p
    const file = mappings.file[m]
    if (!this.objects.has(file)) {
      let mapped: Mapped | undefined
      try {
        const exe = this.files.binaries.open(strings.get(file))
        const start = mappings.start.get(m)
        mapped = { exe, base: goToolBase(exe.image, start), lookup: goToolLookup(exe, start) }
      } catch (e) {
        if (!(e instanceof UserError)) throw e
      }
      this.objects.set(file, mapped)
    }
    return this.objects.get(file)
  }

  /** Joins addresses (ascending) that are near each other. */
  private ranges(addresses: readonly Int[]): Range[] {
    const { mappings, locations } = this.p
    const out: Range[] = []
    for (let i = 0; i < addresses.length; ) {
      let begin = addresses[i]
      let end = begin
      let score = this.flat.get(begin) ?? 0
      i++
      const m = locations.mapping[this.wanted.get(begin)!]
      const start = mappings.start.get(m)
      const limit = mappings.limit.get(m)
      const near = (a: Int): boolean =>
        cmpInt(a, asUint(addInt(end, 2 * EXPAND))) <= 0 && cmpInt(a, limit) < 0
      while (i < addresses.length && near(addresses[i])) {
        end = addresses[i]
        score = addInt(score, this.flat.get(end) ?? 0)
        i++
      }
      // The reference subtracts the other way round, so only addresses at the very start are kept from leaving the mapping.
      const below = asUint(subInt(start, begin))
      begin = cmpInt(below, EXPAND) >= 0 ? asUint(subInt(begin, EXPAND)) : start
      const above = asUint(subInt(limit, end))
      end = cmpInt(above, EXPAND) >= 0 ? asUint(addInt(end, EXPAND)) : limit
      out.push({ begin, end, mapped: this.object(m)!, score })
    }
    return out
  }

  private addRange(range: Range): void {
    const { mapped } = range
    const { exe, base } = mapped
    const disassembler = this.files.disassembler(exe.arch)
    // Where the reference cannot disassemble it leaves the range out without a word.
    if (this.r.options.intelSyntax || disassembler === undefined) return
    const from = tableAddress(objectAddress(range.begin, base))
    const to = tableAddress(objectAddress(range.end, base))
    const code = codeAt(exe, from, to)
    if (code === undefined) return
    const listing = disassembler.disassemble(code.bytes, code.start, this.symbolizerOf(exe))
    const lines = new LineFinder(exe)
    let lastFrames: readonly Frame[] | undefined
    let lastAddress: Int = 0
    for (let row = 0; row < listing.length; row++) {
      const objAddress = listing.addressOf(row)
      const address = asUint(addInt(objAddress, base))
      let frames: readonly Frame[] = mapped.lookup(address)
      if (frames.length === 0) frames = [{ fn: '', ...lines.at(tableAddress(objAddress)) }]
      this.instructions.set(address, {
        objectAddress: objAddress,
        // The last one's length is not known to the reference.
        length: row + 1 < listing.length ? listing.sizeOf(row) : 1,
        text: listing.texts[row],
        file: frames[0].file,
        line: frames[0].line,
        flat: 0,
        cum: 0,
      })
      if (frames[0].line !== 0) {
        lastFrames = frames
        lastAddress = address
      } else if (lastFrames !== undefined && cmpInt(asUint(subInt(address, lastAddress)), NEIGHBORHOOD) <= 0)
        frames = lastFrames
      this.place(address, frames)
    }
  }

  private symbolizerOf(exe: Executable): Symbolize {
    let s = this.symbolizers.get(exe)
    if (s === undefined) {
      s = executableSymbolizer(exe)
      this.symbolizers.set(exe, s)
    }
    return s
  }

  /** An address without an executable: its weight and the profile's own lines. */
  private addBare(address: Int): void {
    const { locations, lines, functions, strings } = this.p
    const loc = this.wanted.get(address)!
    const frames: Frame[] = []
    for (let l = locations.lineStart[loc]; l < locations.lineEnd[loc]; l++) {
      const fn = lines.fn[l]
      const line = Number(lines.line.get(l))
      frames.push({
        fn: strings.get(functions.name[fn]),
        file: strings.get(functions.filename[fn]),
        line: Math.abs(line) < NO_LINE ? line : NO_LINE,
      })
    }
    this.instructions.set(address, {
      objectAddress: address,
      length: 1,
      text: '',
      file: frames[0]?.file ?? '',
      line: frames[0]?.line ?? 0,
      flat: 0,
      cum: 0,
    })
    this.place(address, frames)
  }

  // ---- step 3

  /** Puts an instruction under the line of every function of interest in its frames (innermost first). */
  private place(address: Int, frames: readonly Frame[]): void {
    frames.forEach((f, i) => {
      if (!this.interest.has(f.fn)) return
      const name = canonicalFile(f.file)
      let file = this.output.get(name)
      if (file === undefined) {
        file = { name, lines: new Map(), fn: new Map() }
        this.output.set(name, file)
      }
      const placed = { address, calls: frames.slice(0, i).reverse() }
      const line = file.lines.get(f.line)
      if (line === undefined) file.lines.set(f.line, [placed])
      else line.push(placed)
      if (!file.fn.has(f.line)) file.fn.set(f.line, f.fn)
    })
  }

  // ---- step 4

  functions(): WeblistFunction[] {
    return [...this.output.values()]
      .sort((a, b) => compareText(a.name, b.name))
      .flatMap((file) =>
        this.stretches(file)
          .filter((s) => s.cum !== 0)
          .map((s) => ({
            name: s.name,
            file: file.name,
            flat: s.flat,
            cum: s.cum,
            lines: this.linesOf(file, s),
          })),
      )
  }

  private stretches(file: FileLines): Stretch[] {
    const out: Stretch[] = []
    for (const line of [...file.lines.keys()].sort((a, b) => a - b)) {
      const system = file.fn.get(line) ?? ''
      const name = this.printed.get(system) ?? system
      const [flat, cum] = this.sum(file.lines.get(line)!)
      const last = out.at(-1)
      if (last !== undefined && line - last.end < MERGE_LINES && last.name === name) {
        last.end = line + 1
        last.flat = addInt(last.flat, flat)
        last.cum = addInt(last.cum, cum)
      } else out.push({ name, begin: line, end: line + 1, flat, cum })
    }
    out.forEach((s, i) => {
      if (i > 0) {
        const half = Math.min(Math.trunc((s.begin - out[i - 1].end) / 2), MARGIN)
        out[i - 1].end += half
        s.begin -= half
      } else if (s.begin > MARGIN) s.begin -= MARGIN
      // Line 0 is for instructions of unknown lines and stays by itself.
      else if (s.begin > 1) s.begin = 1
    })
    const last = out.at(-1)
    if (last !== undefined) last.end += MARGIN
    return out
  }

  private sum(placed: readonly Placed[]): [flat: Int, cum: Int] {
    let flat: Int = 0
    let cum: Int = 0
    for (const { address } of placed) {
      const x = this.instructions.get(address)!
      flat = addInt(flat, x.flat)
      cum = addInt(cum, x.cum)
    }
    return [flat, cum]
  }

  private linesOf(file: FileLines, s: Stretch): WeblistLine[] {
    const out: WeblistLine[] = []
    for (let line = s.begin; line < s.end; line++) {
      const placed = file.lines.get(line) ?? []
      let text = this.sources.line(file.name, line, s.name)
      if (text === undefined) {
        if (placed.length === 0) continue
        text = line === 0 ? '<instructions with unknown line numbers>' : '???'
      }
      const [flat, cum] = this.sum(placed)
      let follows: Int = 0
      const instructions = placed.map(({ address, calls }): WeblistInstruction => {
        const x = this.instructions.get(address)!
        const startsBlock = address !== follows
        follows = asUint(addInt(address, x.length))
        return {
          address: x.objectAddress,
          text: x.text,
          flat: x.flat,
          cum: x.cum,
          file: x.file,
          line: x.line,
          startsBlock,
          calls,
        }
      })
      out.push({ line, text, flat, cum, instructions })
    }
    return out
  }
}

interface Stretch {
  readonly name: string
  begin: number
  end: number
  flat: Int
  cum: Int
}

function canonicalFile(path: string): string {
  return cleanPath(path.replace(/^\/proc\/self\/cwd\//, '').replace(/^\.\//, ''))
}

/** Base name of a file for display, '' if it has none. */
export function shortFile(path: string): string {
  return path === '' ? '' : baseName(path)
}
