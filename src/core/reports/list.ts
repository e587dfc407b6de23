import { sumWeights } from '../analysis/graph.ts'
import { NodeNames } from '../analysis/nodes.ts'
import { selectNodes } from '../analysis/trim.ts'
import { UserError } from '../base/errors.ts'
import { padLeft } from '../base/go-fmt.ts'
import { addInt, cmpInt, type Int, subInt } from '../base/int64.ts'
import { percentage } from '../base/units.ts'
import { compareText } from '../base/utf8.ts'
import { graphInput, type Report, type Sink, ValueFormat } from './report.ts'
import { SourceLines } from './source-lines.ts'

/** A line of source with its weights. */
export interface ListLine {
  readonly line: number
  readonly flat: Int
  readonly cum: Int
  readonly text: string
}

/** The part of a file that holds a function. */
export interface ListedFile {
  readonly file: string
  readonly flat: Int
  readonly cum: Int
  /** Empty if the source cannot be read: `error` says why. */
  readonly lines: readonly ListLine[]
  readonly error: string
}

export interface ListedFunction {
  readonly name: string
  /** Empty if no file is known. */
  readonly files: readonly ListedFile[]
}

export interface ListDoc {
  readonly total: Int
  /** By name. */
  readonly functions: readonly ListedFunction[]
  readonly sources: SourceLines
}

/** Lines shown around those with samples. */
const MARGIN = 5

/** The source of the functions that match, with the weight of each line. Throws UserError if none does. */
export function buildList(r: Report): ListDoc {
  const symbol = r.options.symbol
  if (symbol === undefined) throw new UserError('list needs a regular expression')
  const input = graphInput(r, { objectFiles: true })
  const { table } = input.nodes
  const names = new NodeNames(r.profile, table)
  const weights = sumWeights(input)
  const byName = new Map<number, number[]>()
  const matches = new Map<number, boolean>()
  for (const node of selectNodes(weights, table.count, r.options.dropNegative)) {
    const name = table.name[node]
    let match = matches.get(name)
    if (match === undefined) {
      match = symbol.test(names.name(node))
      matches.set(name, match)
    }
    if (match) push(byName, name, node)
  }
  if (byName.size === 0) throw new UserError(`no matches found for regexp: ${symbol.source}`)
  const sources = new SourceLines(r)
  const sum = (nodes: readonly number[]): [flat: Int, cum: Int] => {
    let flat: Int = 0
    let cum: Int = 0
    for (const node of nodes) {
      flat = addInt(flat, weights.flat.get(node))
      cum = addInt(cum, weights.cum.get(node))
    }
    return [flat, cum]
  }
  const listFile = (nodes: readonly number[]): ListedFile => {
    const file = names.file(nodes[0])
    const fn = names.name(nodes[0])
    const [flat, cum] = sum(nodes)
    const lines: ListLine[] = []
    const byLine = new Map<Int, number[]>()
    for (const node of nodes) push(byLine, table.line.get(node), node)
    const [first, last] = lineRange(nodes, (node) => [table.startLine.get(node), table.line.get(node)])
    for (let n = first; n <= last; n++) {
      const text = sources.line(file, n, fn)
      if (text === undefined) break
      const [lineFlat, lineCum] = sum(byLine.get(n) ?? [])
      lines.push({ line: n, flat: lineFlat, cum: lineCum, text })
    }
    return { file, flat, cum, lines, error: sources.error(file, fn) }
  }
  const functions = [...byName.values()]
    .map((nodes) => {
      const byFile = new Map<number, number[]>()
      for (const node of nodes) if (table.file[node] !== 0) push(byFile, table.file[node], node)
      const groups = [...byFile.values()].sort((a, b) => compareText(names.file(a[0]), names.file(b[0])))
      return { name: names.name(nodes[0]), files: groups.map(listFile) }
    })
    .sort((a, b) => compareText(a.name, b.name))
  return { total: r.total, functions, sources }
}

function push<K>(groups: Map<K, number[]>, key: K, node: number): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [node])
  else group.push(node)
}

/**
 * First and last line to show: from the function's declaration, or a margin above where it is unknown, to a
 * margin below. `placeOf` gives a node's line of declaration and line.
 */
function lineRange(
  nodes: readonly number[],
  placeOf: (node: number) => [Int, Int],
): [first: number, last: number] {
  const startOf = ([start, line]: [Int, Int]): Int => (start === 0 ? subInt(line, MARGIN) : start)
  const place = placeOf(nodes[0])
  let first = startOf(place)
  let last = addInt(place[1], MARGIN)
  for (const node of nodes) {
    const p = placeOf(node)
    const end = addInt(p[1], MARGIN)
    if (cmpInt(startOf(p), first) < 0) first = startOf(p)
    if (cmpInt(end, last) > 0) last = end
  }
  // Lines beyond what a double holds do not exist in any file.
  return [Math.max(1, Number(first)), Number(last)]
}

/** A value, or a point for nothing. */
export function valueOrDot(v: Int, format: ValueFormat): string {
  return v === 0 ? '.' : format.value(v)
}

export function printList(doc: ListDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options)
  out.text(`Total: ${format.value(doc.total)}\n`)
  for (const fn of doc.functions) {
    if (fn.files.length === 0) out.text(`No source information for ${fn.name}\n`)
    for (const f of fn.files) {
      let text = `ROUTINE ======================== ${fn.name} in ${f.file}\n`
      const weights = `${padLeft(format.value(f.flat), 10)} ${padLeft(format.value(f.cum), 10)}`
      text += `${weights} (flat, cum) ${percentage(f.cum, doc.total)} of Total\n`
      if (f.error !== '') text += ` Error: ${f.error}\n`
      for (const l of f.error === '' ? f.lines : []) {
        const flat = padLeft(valueOrDot(l.flat, format), 10)
        const cum = padLeft(valueOrDot(l.cum, format), 10)
        text += `${flat} ${cum} ${String(l.line).padStart(6)}:${l.text}\n`
      }
      out.text(text)
    }
  }
  doc.sources.remarkMissing(out)
}
