// What a listing shows, row by row: the weights of the profile beside the text that the server found.

import type { FunctionFile, LineCall } from '../../core/analysis/function-lines.ts'
import type {
  Listing,
  ListingCall,
  ListingCode,
  ListingInstruction,
} from '../../core/engine/workbench/listing.ts'

export interface SourceLine {
  readonly kind: 'line'
  readonly n: number
  /** undefined where there is no source. */
  readonly text: string | undefined
  readonly self: number
  readonly total: number
  /** The heaviest first. */
  readonly calls: readonly LineCall[]
  readonly code: ListingCode | undefined
}

/** Lines without samples that are not shown unless asked for. */
export interface Fold {
  readonly kind: 'fold'
  readonly from: number
  readonly to: number
}

export interface SourceFileRows {
  readonly file: string
  readonly startLine: number
  /** Why there is no source, '' if there is. */
  readonly error: string
  readonly lines: readonly SourceLine[]
  /** Largest |total| of a line. */
  readonly most: number
}

/** Lines shown around those with samples, and how many have to be without for a fold. */
const MARGIN = 4
const LEAST_FOLD = 5

/** The lines of each file of a function: those of the listing, and those that only the profile knows. */
export function sourceRows(files: readonly FunctionFile[], listing: Listing | undefined): SourceFileRows[] {
  return files.map((f) => {
    const listed = listing?.files.find((x) => sameFile(x.file, f.file))
    // An executable that was built elsewhere has another path for the file, so the name has to do.
    const code = new Map(
      (listing?.code ?? []).filter((c) => baseOf(c.file) === baseOf(f.file)).map((c) => [c.line, c]),
    )
    const calls = new Map<number, LineCall[]>()
    for (const c of f.calls) calls.set(c.line, [...(calls.get(c.line) ?? []), c])
    const weights = new Map([...f.line].map((n, row) => [n, row]))
    const numbers = new Set<number>(f.line)
    listed?.texts.forEach((_, k) => {
      numbers.add(listed.first + k)
    })
    const lines = [...numbers]
      .sort((a, b) => a - b)
      .map((n): SourceLine => {
        const row = weights.get(n)
        return {
          kind: 'line',
          n,
          text: listed?.texts[n - listed.first],
          self: row === undefined ? 0 : f.self[row]!,
          total: row === undefined ? 0 : f.total[row]!,
          calls: calls.get(n) ?? [],
          code: code.get(n),
        }
      })
    const most = f.total.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    return { file: f.file, startLine: f.startLine, error: listed?.error ?? '', lines, most }
  })
}

/** The profile may have the path in another form than the listing, which is cleaned and trimmed. */
function sameFile(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`)
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Folds what has no samples, but for the lines around those that have, the first line, and what was opened. */
export function foldLines(
  lines: readonly SourceLine[],
  opened: (fold: Fold) => boolean,
): (SourceLine | Fold)[] {
  const keep = new Uint8Array(lines.length)
  lines.forEach((l, i) => {
    if (i === 0 || i === lines.length - 1) keep[i] = 1
    if (l.total !== 0 || l.self !== 0)
      for (let k = Math.max(0, i - MARGIN); k <= Math.min(lines.length - 1, i + MARGIN); k++) keep[k] = 1
  })
  const out: (SourceLine | Fold)[] = []
  for (let i = 0; i < lines.length; ) {
    if (keep[i] === 1) {
      out.push(lines[i++]!)
      continue
    }
    let end = i
    while (end < lines.length && keep[end] === 0) end++
    const fold: Fold = { kind: 'fold', from: lines[i]!.n, to: lines[end - 1]!.n }
    if (end - i < LEAST_FOLD || opened(fold)) out.push(...lines.slice(i, end))
    else out.push(fold)
    i = end
  }
  return out
}

/** Rows of an open line: inlined calls that begin, and instructions. */
export type CodeRow =
  | { readonly kind: 'call'; readonly depth: number; readonly call: ListingCall }
  | { readonly kind: 'gap' }
  | { readonly kind: 'code'; readonly depth: number; readonly x: ListingInstruction }

/** The instructions of a line; a call is said once for the instructions that share it. */
export function codeRows(code: ListingCode): CodeRow[] {
  const out: CodeRow[] = []
  let before: readonly ListingCall[] = []
  code.instructions.forEach((x, i) => {
    if (x.block && i > 0) out.push({ kind: 'gap' })
    let same = true
    x.calls.forEach((call, depth) => {
      const known = before[depth]
      same &&=
        known !== undefined && known.file === call.file && known.line === call.line && known.fn === call.fn
      if (!same) out.push({ kind: 'call', depth, call })
    })
    before = x.calls
    out.push({ kind: 'code', depth: x.calls.length, x })
  })
  return out
}

/** Lines worth a stop of "next hot line": a twentieth of the heaviest, or more. */
export function hotLines(lines: readonly SourceLine[], most: number): number[] {
  return lines.filter((l) => most > 0 && Math.abs(l.total) >= most / 20).map((l) => l.n)
}

/** The stop behind (or in front of) a line; the first or last one where there is none there. */
export function nextHot(hot: readonly number[], at: number, step: 1 | -1): number | undefined {
  if (hot.length === 0) return undefined
  if (step > 0) return hot.find((n) => n > at) ?? hot[0]
  return hot.findLast((n) => n < at) ?? hot.at(-1)
}

/** How strong the background of a line is, 0 to 1: by its share of the heaviest, small ones still seen. */
export function heatOf(v: number, most: number): number {
  return most === 0 || v === 0 ? 0 : Math.sqrt(Math.min(1, Math.abs(v) / most))
}
