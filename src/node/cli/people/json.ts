import type { Int } from '../../../core/base/int64.ts'
import { displayable } from '../../../core/base/utf8.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { programOf } from './head.ts'
import type { OpenedReport } from './open-report.ts'
import { writeLines } from './write-lines.ts'

/** An exact integer as JSON has it: a number, or beyond 2^53 (where readers would round it) a string of digits. */
export function jsonInt(v: Int): number | string {
  return typeof v === 'bigint' ? v.toString() : v
}

/** Writes one JSON document to standard output. Strings must have passed `jsonText`. */
export function writeJson(doc: object): void {
  writeLines([JSON.stringify(doc, null, 2)])
}

/** A name from a profile as JSON may hold it: no halves of characters. */
export const jsonText = displayable

/** A time (ns since 1970, or 0) as RFC 3339; null if unknown. */
export function jsonTime(nanos: Int): string | null {
  if (nanos === 0) return null
  const millis = Number(BigInt(nanos) / 1_000_000n)
  const date = new Date(millis)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** What the documents of all views of a profile begin with. */
export function jsonHead(schema: string, o: OpenedReport): Record<string, unknown> {
  const { report, profile: p } = o
  const { options } = report
  return {
    schema,
    sources: o.sources.map(jsonText),
    ...(o.base.length > 0 && { base: o.base.map(jsonText) }),
    program: jsonText(programOf(p, o.shortNames[0] ?? '')),
    buildId: buildIdOf(p),
    sampleType: { type: jsonText(options.sampleType), unit: jsonText(options.sampleUnit) },
    time: jsonTime(p.timeNanos),
    durationNanos: jsonInt(p.durationNanos),
    filters: options.activeFilters.map(jsonText),
    problems: o.problems.map((x) => ({ ...x, message: jsonText(x.message) })),
    remarks: o.remarks.map(jsonText),
    /** What shares are of: the sum of absolute values before filters, or of the base with --diff-base. */
    total: jsonInt(report.total),
  }
}

function buildIdOf(p: Profile): string {
  return p.mappings.count > 0 ? jsonText(p.strings.get(p.mappings.buildId[1]!)) : ''
}
