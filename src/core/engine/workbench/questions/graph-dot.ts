// The call graph in Graphviz's language, as `goscope pprof -dot` writes it for pictures.

import { buildDot, printPictureDot } from '../../../reports/dot.ts'
import { TextSink } from '../../../reports/report.ts'
import { type ProfileQuery, preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Its text. */
export async function answer(w: Workbench, { query }: { query: ProfileQuery }): Promise<string> {
  const { report } = await preparedReport(w, query, 'svg')
  const sink = new TextSink()
  printPictureDot(buildDot(report), report, sink)
  return sink.toString()
}
