// Instructions of functions with their weights, as google/pprof internal/report printAssembly and cmd/pprof
// make it.
//
// A symbol is listed if its name matches and it holds a node's address. The reference matches the names
// of all symbols first; here only those with samples get that far, and most names are never decoded.

import { meanOf, sumWeights, type Weights } from '../analysis/graph.ts'
import { NodeNames, type ProfileNodes } from '../analysis/nodes.ts'
import { selectNodes } from '../analysis/trim.ts'
import { UserError } from '../base/errors.ts'
import { padLeft, padRight } from '../base/go-fmt.ts'
import { baseName } from '../base/go-path.ts'
import { addInt, cmpInt, hexInt, type Int, toInt } from '../base/int64.ts'
import type { Regexp } from '../base/regexp.ts'
import { percentage } from '../base/units.ts'
import { compareText } from '../base/utf8.ts'
import type { Disassembler, Symbolize } from '../binary/disasm/index.ts'
import type { Executable } from '../binary/executable.ts'
import { codeAt } from '../binary/lookup.ts'
import { goToolBase, objectAddress, tableAddress } from '../binary/object-address.ts'
import type { PcLineTable } from '../binary/pclntab.ts'
import { executableSymbolizer } from '../binary/symbol-lookup.ts'
import { valueOrDot } from './list.ts'
import { graphInput, type Report, type Sink, ValueFormat } from './report.ts'
import { filesOf } from './source-lines.ts'

/** One instruction. */
export interface DisasmRow {
  /** Address in the file, a uint64. */
  readonly address: Int
  /** In Go's assembler syntax. */
  readonly text: string
  readonly flat: Int
  readonly cum: Int
  /** Function (only where the profile names it), base name of the file, and line; '' and 0 if unknown. */
  readonly fn: string
  readonly file: string
  readonly line: number
}

/** A symbol of an executable with its instructions. */
export interface DisasmFunction {
  readonly name: string
  readonly flat: Int
  readonly cum: Int
  readonly rows: readonly DisasmRow[]
}

export interface DisasmDoc {
  readonly total: Int
  /** By name, then address. Disassembled as they are taken: the listing of a program is many times its code. */
  readonly functions: Iterable<DisasmFunction>
  /** Executables that could not be opened. The reference prints these lines among its output. */
  readonly problems: readonly string[]
}

/** The address that a regular expression is when read as a number in Go's syntax; undefined if it is none. */
export function addressOf(symbol: Regexp): Int | undefined {
  // strconv.ParseUint with base 0. Underscores only between digits, or behind the prefix.
  const m = /^(0x|0b|0o|0)?((?:_?[0-9a-f])+)$/i.exec(symbol.source)
  if (m === null && symbol.source !== '0') return undefined
  const prefix = (m?.[1] ?? '').toLowerCase()
  const digits = m?.[2] ?? '0'
  if (prefix === '' && digits.startsWith('_')) return undefined
  const plain = digits.replaceAll('_', '').toLowerCase()
  const radix = prefix === '0x' ? 'x' : prefix === '0b' ? 'b' : prefix === '' ? '' : 'o'
  const allowed = { x: /^[0-9a-f]+$/, b: /^[01]+$/, o: /^[0-7]+$/, '': /^[0-9]+$/ }[radix]
  if (!allowed.test(plain)) return undefined
  const v = BigInt(radix === '' ? plain : `0${radix}${plain}`)
  return v < 1n << 64n ? toInt(v) : undefined
}

/** A matching symbol and the nodes in it. */
interface Hit {
  readonly exe: Executable
  readonly base: Int
  readonly name: string
  /** Code [start, end) in the file; the reference leaves out a symbol's last byte. */
  readonly start: number
  readonly end: number
  readonly nodes: number[]
}

/** The instructions of the symbols that match and have samples. Throws UserError if none does. */
export function buildDisasm(r: Report): DisasmDoc {
  const { symbol } = r.options
  if (symbol === undefined) throw new UserError('disasm needs a regular expression')
  const files = filesOf(r)
  const input = graphInput(r, { objectFiles: true })
  const weights = sumWeights(input)
  const names = new NodeNames(r.profile, input.nodes.table)
  const nodes = selectNodes(weights, input.nodes.table.count, r.options.dropNegative)
  const finder = new SymbolFinder(r, input.nodes, names, nodes)
  const hits = finder.find()
  if (hits.length === 0) throw new UserError(finder.whyNone())
  hits.sort((a, b) => compareText(a.name, b.name) || cmpInt(a.start, b.start))
  if (r.options.intelSyntax) throw new UserError('printing assembly in Intel syntax is not supported')
  const disassemblers = new Map<string, Disassembler>()
  for (const { exe } of hits) {
    const d = files.disassembler(exe.arch)
    if (d === undefined) throw new UserError(`unsupported architecture "${exe.arch}"`)
    disassemblers.set(exe.arch, d)
  }
  const symbolizers = new Map<Executable, Symbolize>()
  const listOf = (hit: Hit): DisasmFunction => {
    let symbolize = symbolizers.get(hit.exe)
    if (symbolize === undefined) {
      symbolize = executableSymbolizer(hit.exe)
      symbolizers.set(hit.exe, symbolize)
    }
    const code = codeAt(hit.exe, hit.start, hit.end)
    let flat: Int = 0
    let cum: Int = 0
    for (const node of hit.nodes) {
      flat = addInt(flat, weights.flat.get(node))
      cum = addInt(cum, weights.cum.get(node))
    }
    const rows: DisasmRow[] = []
    if (code !== undefined) {
      const samples = new SampleSums(hit, input.nodes, names, weights)
      const listing = disassemblers.get(hit.exe.arch)!.disassemble(code.bytes, code.start, symbolize)
      const lines = new LineFinder(hit.exe)
      for (let row = 0; row < listing.length; row++) {
        const address = listing.addressOf(row)
        const place = lines.at(tableAddress(address))
        const next = row + 1 < listing.length ? listing.addressOf(row + 1) : undefined
        rows.push(samples.row(address, next, listing.texts[row], place))
      }
    }
    return { name: hit.name, flat, cum, rows }
  }
  const functions: Iterable<DisasmFunction> = {
    *[Symbol.iterator]() {
      for (const hit of hits) yield listOf(hit)
    },
  }
  return { total: r.total, functions, problems: finder.problems }
}

/** Finds the symbols to list. */
class SymbolFinder {
  readonly problems: string[] = []
  private readonly r: Report
  private readonly symbol: Regexp
  private readonly address: Int | undefined
  private readonly nodes: ProfileNodes
  private readonly names: NodeNames
  private readonly rows: Int32Array
  private readonly opened: Executable[] = []

  constructor(r: Report, nodes: ProfileNodes, names: NodeNames, rows: Int32Array) {
    this.r = r
    this.symbol = r.options.symbol!
    this.address = addressOf(this.symbol)
    this.nodes = nodes
    this.names = names
    this.rows = rows
  }

  find(): Hit[] {
    const { profile: p } = this.r
    const { mappings } = p
    const wanted = this.filesWithMatches()
    const hits: Hit[] = []
    for (let m = 1; m <= mappings.count; m++) {
      const file = mappings.file[m]
      if (!wanted.has(file) && !this.holdsAddress(m)) continue
      const path = p.strings.get(file)
      let exe: Executable
      try {
        exe = filesOf(this.r).binaries.open(path)
      } catch (e) {
        if (!(e instanceof UserError)) throw e
        this.problems.push(e.message)
        continue
      }
      this.opened.push(exe)
      hits.push(...this.symbolsOf(exe, goToolBase(exe.image, mappings.start.get(m))))
    }
    return hits
  }

  /** What the reference says when there is nothing to list, after the reasons that it keeps to itself. */
  whyNone(): string {
    const { address, symbol } = this
    const reasons = this.problems.map((p) => `${p}\n`)
    for (const exe of this.opened)
      if (exe.symbols === undefined && exe.go === undefined)
        reasons.push('the executable has neither symbols nor a line table of Go\n')
    if (address === undefined) return `${reasons.join('')}no matches found for regexp ${symbol.source}`
    const accept = (name: string): boolean => symbol.test(name)
    const found = this.opened.some(
      (exe) => (exe.symbols?.where(accept, tableAddress(address)).length ?? 0) > 0,
    )
    const hex = `0x${hexInt(address)}`
    return found
      ? `address ${hex} found in binary, but the corresponding symbols do not have samples in the profile`
      : `${reasons.join('')}no matches found for address ${hex}`
  }

  /** Files of mappings with a node whose printed name matches. */
  private filesWithMatches(): ReadonlySet<number> {
    const { objectFile } = this.nodes.table
    const out = new Set<number>()
    for (const node of this.rows) {
      const file = objectFile[node]
      if (file !== 0 && !out.has(file) && this.symbol.test(this.names.printed(node))) out.add(file)
    }
    return out
  }

  private holdsAddress(m: number): boolean {
    const { mappings } = this.r.profile
    const { address } = this
    if (address === undefined) return false
    return cmpInt(mappings.start.get(m), address) <= 0 && cmpInt(address, mappings.limit.get(m)) <= 0
  }

  private symbolsOf(exe: Executable, base: Int): Hit[] {
    const { symbols } = exe
    if (symbols === undefined) return this.goFunctionsOf(exe, base)
    // Addresses in the file, ascending, with the nodes that have them.
    const at = new Float64Array(this.rows.length)
    for (let i = 0; i < at.length; i++)
      at[i] = tableAddress(objectAddress(this.nodes.table.address.get(this.rows[i]), base))
    const order = Array.from(at.keys()).sort((a, b) => at[a] - at[b])
    const sorted = Float64Array.from(order, (i) => at[i])
    const inside = this.address === undefined || this.address === 0 ? undefined : tableAddress(this.address)
    const hits: Hit[] = []
    const { address } = symbols.rows
    const { fileSize } = symbols
    for (let s = 0; s < symbols.count; s++) {
      const start = address[s]
      const size = fileSize[s]
      const end = start + size - 1
      // Signed order is as good as unsigned here: no symbol spans the middle of the address space.
      const first = lowerBound(sorted, start)
      if (!(first < sorted.length && sorted[first] < end)) continue
      if (inside !== undefined && !(start <= inside && inside < start + size)) continue
      const name = symbols.fileName(s)
      if (!this.symbol.test(name)) continue
      const nodes: number[] = []
      for (let i = first; i < sorted.length && sorted[i] < end; i++) nodes.push(this.rows[order[i]])
      hits.push({ exe, base, name, start, end, nodes })
    }
    return hits
  }

  /** Without symbols, the functions that the runtime knows take their place. The reference has nothing to show then. */
  private goFunctionsOf(exe: Executable, base: Int): Hit[] {
    const pcln = exe.go?.pcln
    if (pcln === undefined) return []
    const hits = new Map<number, Hit>()
    const refused = new Set<number>()
    for (const node of this.rows) {
      const at = tableAddress(objectAddress(this.nodes.table.address.get(node), base))
      const fn = pcln.find(at)
      if (fn < 0 || refused.has(fn)) continue
      const hit = hits.get(fn)
      if (hit !== undefined) {
        hit.nodes.push(node)
        continue
      }
      const name = pcln.name(fn)
      if (!this.symbol.test(name)) refused.add(fn)
      else hits.set(fn, { exe, base, name, start: pcln.entry[fn], end: pcln.entry[fn + 1], nodes: [node] })
    }
    return [...hits.values()]
  }
}

/** First place in ascending values that is not below `v`. */
function lowerBound(sorted: Float64Array, v: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < v) low = middle + 1
    else high = middle
  }
  return low
}

/** A place in a source file as the executable's line table gives it. */
export interface Place {
  readonly file: string
  readonly line: number
}

const NOWHERE: Place = { file: '', line: 0 }

/** Source places from Go's line table; other tables are not asked here, as in the reference. */
export class LineFinder {
  private readonly pcln: PcLineTable | undefined
  private fn = -1

  constructor(exe: Executable) {
    this.pcln = exe.go?.pcln
  }

  at(address: number): Place {
    const { pcln, fn: before } = this
    if (pcln === undefined) return NOWHERE
    const same = before >= 0 && address >= pcln.entry[before] && address < pcln.entry[before + 1]
    const fn = same ? before : pcln.find(address)
    this.fn = fn
    return fn < 0 ? NOWHERE : { file: pcln.file(fn, address), line: pcln.line(fn, address) }
  }
}

/** Gives the nodes of a symbol to its instructions, in order of address. */
class SampleSums {
  private readonly nodes: readonly number[]
  private readonly at: readonly Int[]
  private readonly table: ProfileNodes['table']
  private readonly names: NodeNames
  private readonly weights: Weights
  private next = 0

  constructor(hit: Hit, nodes: ProfileNodes, names: NodeNames, weights: Weights) {
    const { address } = nodes.table
    this.nodes = [...hit.nodes].sort(
      (a, b) => cmpInt(address.get(a), address.get(b)) || names.compareAll(a, b),
    )
    this.at = this.nodes.map((node) => objectAddress(address.get(node), hit.base))
    this.table = nodes.table
    this.names = names
    this.weights = weights
  }

  /** The row of the instruction at `address`, with all nodes in front of the next one (all that are left if undefined). */
  row(address: Int, next: Int | undefined, text: string, place: Place): DisasmRow {
    const w = this.weights
    let flat: Int = 0
    let cum: Int = 0
    let flatDivisor: Int = 0
    let cumDivisor: Int = 0
    let file = place.file === '' ? '' : baseName(place.file)
    let line = place.line
    let fn = ''
    for (; this.next < this.nodes.length; this.next++) {
      if (next !== undefined && cmpInt(this.at[this.next], next) >= 0) break
      const node = this.nodes[this.next]
      flat = addInt(flat, w.flat.get(node))
      cum = addInt(cum, w.cum.get(node))
      flatDivisor = addInt(flatDivisor, w.flatDivisor?.get(node) ?? 0)
      cumDivisor = addInt(cumDivisor, w.cumDivisor?.get(node) ?? 0)
      if (file === '' && this.table.file[node] !== 0) file = baseName(this.names.file(node))
      if (line === 0) line = Number(this.table.line.get(node))
      if (fn === '') fn = this.names.name(node)
    }
    return { address, text, flat: meanOf(flat, flatDivisor), cum: meanOf(cum, cumDivisor), fn, file, line }
  }
}

export function printDisasm(doc: DisasmDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options)
  for (const problem of doc.problems) out.text(`${problem}\n`)
  out.text(`Total: ${format.value(doc.total)}\n`)
  for (const f of doc.functions) {
    let text = `ROUTINE ======================== ${f.name}\n`
    const weights = `${padLeft(format.value(f.flat), 10)} ${padLeft(format.value(f.cum), 10)}`
    text += `${weights} (flat, cum) ${percentage(f.cum, doc.total)} of Total\n`
    let last: DisasmRow | undefined
    for (const row of f.rows) {
      const flat = padLeft(valueOrDot(row.flat, format), 10)
      const cum = padLeft(valueOrDot(row.cum, format), 10)
      const instruction = `${flat} ${cum} ${hexInt(row.address).padStart(10)}: `
      const place = placeText(row, last)
      last = row
      if (place === '') text += `${instruction}${row.text}\n`
      else if (row.text.length < 40) text += `${instruction}${padRight(row.text, 40)};${place}\n`
      else text += `${' '.repeat(74)};${place}\n${instruction}${row.text}\n`
      if (text.length > 1 << 16) {
        out.text(text)
        text = ''
      }
    }
    out.text(text)
  }
}

/** Where an instruction is from, if that differs from the one before. */
function placeText(row: DisasmRow, last: DisasmRow | undefined): string {
  const same =
    row.fn === (last?.fn ?? '') && row.file === (last?.file ?? '') && row.line === (last?.line ?? 0)
  if (same) return ''
  const fn = row.fn === '' ? '' : `${row.fn} `
  if (row.file === '') return fn
  return `${fn}${row.file}${row.line === 0 ? '' : `:${row.line}`}`
}
