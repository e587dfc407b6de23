// Reports that are drawn, or shown in another program.

import type { ReportKind } from '../../../core/reports/index.ts'
import { type Sink, TextSink } from '../../../core/reports/report.ts'
import { openStudio, type Studio } from '../../render/studio.ts'
import type { Shown } from '../../render/viewer.ts'

/**
 * The studio for a report that is drawn; undefined for others. Opened before the profile is read, it is
 * ready when the graph is.
 */
export function studioFor(kind: ReportKind): Studio | undefined {
  return kind.picture === undefined ? undefined : openStudio()
}

/** Runs a report and draws its graph. Throws UserError. */
export async function drawReport(
  picture: NonNullable<ReportKind['picture']>,
  write: (sink: Sink) => void,
  warn: (text: string) => void,
  studio: Studio = openStudio(),
): Promise<Uint8Array> {
  const text = new TextSink()
  write({ text: (s) => text.text(s), bytes: (b) => text.bytes(b), remark: warn })
  const { bytes, remarks } = await studio.draw(text.toString(), picture)
  for (const remark of remarks) warn(remark)
  return bytes
}

/**
 * Shows output in the report's program. In a shell, commands go on while the program runs, and the file
 * is there until the shell ends; otherwise this waits for the program's end.
 */
export async function showReport(kind: ReportKind, bytes: Uint8Array, inShell: boolean): Promise<void> {
  const { showFile } = await import('../../render/viewer.ts')
  const shown: Shown = await showFile(bytes, kind.ending ?? 'txt', kind.viewer ?? 'browser')
  if (inShell) return shown.detach()
  const stopped = (): void => {
    shown.remove()
    process.off('SIGINT', stopped)
    process.kill(process.pid, 'SIGINT')
  }
  process.on('SIGINT', stopped)
  try {
    await shown.untilClosed()
  } finally {
    process.off('SIGINT', stopped)
    shown.remove()
  }
}
