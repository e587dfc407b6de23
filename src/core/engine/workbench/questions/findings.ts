// What the doctor says of everything that is open.

import { displayable } from '../../../base/utf8.ts'
import { diagnose } from '../../../doctor/diagnose.ts'
import type { Diagnosis } from '../../../doctor/finding.ts'
import { RULES } from '../../../doctor/index.ts'
import { printMarkdown } from '../../../doctor/markdown.ts'
import { type KeyNumber, keyNumbers } from '../key-numbers.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export interface FindingsAnswer extends Diagnosis {
  readonly numbers: readonly KeyNumber[]
  /** What each rule looks for. */
  readonly ruleTitles: Readonly<Record<string, string>>
  /** The whole diagnosis, and one finding each, for tickets. */
  readonly markdown: string
  readonly markdownOf: readonly string[]
  /** Files and rules that had a part in it. */
  readonly files: number
  readonly rules: number
}

/** Reads everything and runs all rules; once for the same files. */
export function answer(
  w: Workbench,
  _params: Record<string, never>,
  x: Pick<Asking, 'progress' | 'breathe'>,
): Promise<FindingsAnswer> {
  return w.memo.of('findings', w.files.length, () => diagnosisOf(w, x))
}

async function diagnosisOf(w: Workbench, x: Pick<Asking, 'progress' | 'breathe'>): Promise<FindingsAnswer> {
  const files = w.files.filter((f) => !f.made).length
  x.progress(0, 0, `reading ${files} ${files === 1 ? 'file' : 'files'}`)
  const capture = await w.capture()
  x.progress(0, 0, `asking ${RULES.length} rules`)
  await x.breathe()
  const d = diagnose(capture, RULES)
  return {
    ...d,
    numbers: keyNumbers(capture),
    ruleTitles: Object.fromEntries(RULES.map((r) => [r.id, r.title])),
    markdown: displayable(printMarkdown(d)),
    markdownOf: d.findings.map((f) => displayable(printMarkdown({ ...d, findings: [f], checked: [] }))),
    files,
    rules: RULES.length,
  }
}
