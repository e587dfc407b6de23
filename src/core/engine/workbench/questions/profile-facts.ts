// What a profile is: its raw facts, and all of it as text.

import { buildInfo, type InfoDoc } from '../../../reports/info.ts'
import { printRaw } from '../../../reports/raw.ts'
import { TextSink } from '../../../reports/report.ts'
import { preparedReport } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface ProfileFacts extends InfoDoc {
  readonly id: number
  readonly name: string
  readonly format: string
  /** Bytes as stored and unpacked; 0 for what was made here. */
  readonly storedBytes: number
  readonly bytes: number
  readonly problems: readonly { readonly message: string; readonly offset: number; readonly count: number }[]
  readonly defaultSampleType: string
  readonly dropFrames: string
  readonly keepFrames: string
  readonly strings: number
  /** Where it is asked for: the whole profile in pprof's text form, by line. */
  readonly raw?: readonly string[]
}

/** Facts of each file; `raw` is the file whose text is wanted. */
export async function answer(
  w: Workbench,
  { files, raw }: { readonly files: readonly number[]; readonly raw?: number },
): Promise<ProfileFacts[]> {
  const out: ProfileFacts[] = []
  for (const id of files) {
    const file = w.file(id)
    const { profile: p, problems, format } = await w.profile(id)
    out.push({
      ...buildInfo(p),
      id,
      name: file.name,
      format,
      storedBytes: file.storedBytes,
      bytes: file.bytes.length,
      problems: problems.map(({ message, offset, count }) => ({ message, offset, count })),
      defaultSampleType: p.defaultSampleType,
      dropFrames: p.dropFrames,
      keepFrames: p.keepFrames,
      strings: p.strings.count,
      ...(raw === id && { raw: await rawLines(w, id) }),
    })
  }
  return out
}

/** As `goscope pprof -raw` prints it. */
async function rawLines(w: Workbench, id: number): Promise<string[]> {
  const { report } = await preparedReport(w, { of: [id] }, 'raw')
  const sink = new TextSink()
  printRaw(report.profile, report, sink)
  return sink.toString().split('\n')
}
