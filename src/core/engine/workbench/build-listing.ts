// How a listing is made, from the reports that read source and executables.

import type { ReportName } from '../../reports/index.ts'
import { buildList } from '../../reports/list.ts'
import type { Report } from '../../reports/report.ts'
import type { Listing, ListingFile, ListingWish } from './listing.ts'
import { functionCode } from './listing-code.ts'

/** Prepares one of the reports that a listing is made of, for a regular expression. Rejects with UserError. */
export type PrepareListing = (
  name: ReportName,
  symbol: string,
) => Promise<{ report: Report; remarks: string[] }>

/** Lines behind the last one with samples that are looked at for the function's end. */
const MOST_TAIL = 400
/** Lines of a file in a listing: a function of generated code may have more. */
const MOST_LINES = 20_000
/** A longer line is cut: nobody reads it, and it costs to draw. */
const MOST_TEXT = 2000

/** A regular expression that matches that name only. */
export function exactly(name: string): string {
  return `^${name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')}$`
}

/** Makes the listing of a function. Rejects with UserError if it is not in the profile. */
export async function buildListing(prepare: PrepareListing, { fn, code }: ListingWish): Promise<Listing> {
  const pattern = exactly(fn)
  const { report, remarks } = await prepare('list', pattern)
  const doc = buildList(report)
  const files: ListingFile[] = []
  for (const listed of doc.functions.filter((f) => f.name === fn))
    for (const f of listed.files) {
      const first = f.lines[0]?.line ?? 0
      const texts = f.lines.slice(0, MOST_LINES).map((l) => cut(l.text))
      const heavy = f.lines.findLastIndex((l) => l.cum !== 0)
      let end = endOfFunction(texts, heavy)
      for (
        let more = 0;
        more < MOST_TAIL && end < 0 && texts.length > 0 && texts.length < MOST_LINES;
        more++
      ) {
        const text = doc.sources.line(f.file, first + texts.length, fn)
        if (text === undefined) break
        texts.push(cut(text))
        end = endOfFunction(texts, heavy)
      }
      files.push({
        file: f.file,
        first,
        texts: end >= 0 ? texts.slice(0, end + 1) : texts,
        error: f.error,
      })
    }
  doc.sources.remarkMissing({
    text: () => undefined,
    bytes: () => undefined,
    remark: (text) => remarks.push(text.replace('; -source_path names more folders to search', WHERE)),
  })
  const base = { schema: 'goscope.listing/1', fn, files, remarks } as const
  if (!code) return { ...base, code: [], symbols: [], codeError: '' }
  const detailed = await prepare('weblist', pattern)
  return { ...base, ...functionCode(detailed.report, fn) }
}

/**
 * The line that closes the function, not before `from`; -1 if it is not among them. gofmt indents it as it does the
 * first one.
 */
function endOfFunction(texts: readonly string[], from: number): number {
  const [first = ''] = texts
  const indent = /^\s*/.exec(first)?.[0] ?? ''
  if (from <= 0 && /^\s*func\b.*\}[,)]*\s*$/.test(first)) return 0
  return texts.findIndex((t, i) => i > 0 && i >= from && t.startsWith(`${indent}}`))
}

const WHERE = ': it was looked for where goscope was started, in module caches and in installations of Go'

const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text)
