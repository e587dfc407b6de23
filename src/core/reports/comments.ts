import type { Report, Sink } from './report.ts'

/** The profile's free-form comments. */
export function buildComments(r: Report): readonly string[] {
  return r.profile.comments
}

export function printComments(doc: readonly string[], _: Report, out: Sink): void {
  out.text(doc.map((c) => `${c}\n`).join(''))
}
