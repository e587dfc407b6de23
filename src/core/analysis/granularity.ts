import { Int64Column } from '../base/int64.ts'
import { type LineTable, type LocationTable, MAPPING_HAS, type Profile } from '../model/profile.ts'

/** Which detail survives: what a report does not show is merged away. */
export interface Granularity {
  readonly inlines: boolean
  readonly functions: boolean
  readonly files: boolean
  readonly lines: boolean
  readonly columns: boolean
  readonly addresses: boolean
}

/** Blanks the detail that is not wanted, so that what is left merges by being equal. */
export function coarsen(p: Profile, g: Granularity): Profile {
  const f = p.functions
  const blank = new Uint32Array(f.count + 1)
  const functions = {
    ...f,
    ...(g.functions ? {} : { name: blank, systemName: blank }),
    ...(g.files ? {} : { filename: blank }),
  }
  const zeros = (n: number): Int64Column => new Int64Column(new Float64Array(n))
  const lines: LineTable = {
    ...p.lines,
    ...(g.lines ? {} : { line: zeros(p.lines.count) }),
    ...(g.lines && g.columns ? {} : { column: zeros(p.lines.count) }),
  }
  const l = p.locations
  let locations: LocationTable = g.addresses ? l : { ...l, address: zeros(l.count + 1) }
  if (!g.inlines) {
    const lineStart = l.lineStart.map((start, row) => Math.max(start, l.lineEnd[row] - 1))
    locations = { ...locations, lineStart }
  }
  const has =
    (g.inlines ? MAPPING_HAS.inlineFrames : 0) |
    (g.functions ? MAPPING_HAS.functions : 0) |
    (g.files ? MAPPING_HAS.filenames : 0) |
    (g.lines ? MAPPING_HAS.lineNumbers : 0)
  const mappings = { ...p.mappings, has: p.mappings.has.map((bits) => bits & has) }
  return { ...p, functions, lines, locations, mappings }
}
