// The instructions of a listing as rows: under the line that they come from, block by block.

import type { Listing, ListingInstruction } from '../../core/engine/workbench/listing.ts'

export type AsmRow =
  | { readonly kind: 'symbol'; readonly name: string; readonly left: number }
  | { readonly kind: 'gap' }
  | {
      readonly kind: 'line'
      readonly file: string
      readonly line: number
      readonly text: string
      /** Whether it is a line of the function, not of one that was inlined. */
      readonly own: boolean
    }
  | {
      readonly kind: 'code'
      readonly x: Omit<ListingInstruction, 'block' | 'calls'>
      /** The line of the function that it belongs to, through inlined calls; 0 if unknown. */
      readonly line: number
    }

/** Rows of all symbols; of what lies in other functions, for one that was inlined everywhere. */
export function asmRows(listing: Listing): AsmRow[] {
  const lineOf = new Map<string, number>()
  const texts = new Map<string, string>()
  for (const f of listing.files)
    f.texts.forEach((t, k) => {
      texts.set(`${baseOf(f.file)}:${f.first + k}`, t.trim())
    })
  for (const c of listing.code)
    for (const x of c.instructions) {
      lineOf.set(x.address, c.line)
      for (const call of x.calls) texts.set(`${call.file}:${call.line}`, call.text)
    }
  const own = new Set(listing.files.map((f) => baseOf(f.file)))
  const out: AsmRow[] = []
  const put = (
    instructions: readonly Omit<ListingInstruction, 'block' | 'calls'>[],
    starts: (k: number) => boolean,
  ): void => {
    let place = ''
    let line = 0
    instructions.forEach((x, k) => {
      if (k > 0 && starts(k)) {
        out.push({ kind: 'gap' })
        place = ''
      }
      const at = `${x.file}:${x.line}`
      const known = lineOf.get(x.address)
      // Prologues and the like belong to the line that they stand under.
      if (known !== undefined) line = known
      else if (own.has(x.file) && x.line > 0) line = x.line
      if (x.line > 0 && at !== place) {
        const text = texts.get(at) ?? ''
        const inFunction = own.has(x.file) && texts.has(at)
        out.push({ kind: 'line', file: x.file, line: x.line, text, own: inFunction })
        place = at
      }
      out.push({ kind: 'code', x, line })
    })
  }
  for (const s of listing.symbols) {
    if (listing.symbols.length > 1 || s.name !== listing.fn || s.left > 0)
      out.push({ kind: 'symbol', name: s.name, left: s.left })
    put(s.instructions, () => false)
  }
  if (listing.symbols.length > 0) return out
  const all = listing.code
    .flatMap((c) => c.instructions)
    .sort(
      (a, b) =>
        a.address.length - b.address.length || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0),
    )
    // An instruction may stand under several lines.
    .filter((x, i, list) => i === 0 || x.address !== list[i - 1]!.address)
  put(all, (k) => Number.parseInt(all[k]!.address, 16) - Number.parseInt(all[k - 1]!.address, 16) > 16)
  return out
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
