import { closeSync, openSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import type { ReportKind } from '../../../core/reports/index.ts'
import { type Sink, TextSink } from '../../../core/reports/report.ts'
import { GzipSink } from '../../gzip-sink.ts'
import { FdSink, isTerminal, writeAll, writeFileWhole } from '../../output.ts'
import type { Studio } from '../../render/studio.ts'
import { showControls } from '../../terminal-text.ts'

export interface WriteOptions {
  /** In a shell: output that is not for a terminal never goes to standard output, and viewers run beside. */
  readonly inShell?: boolean
  /** Where pictures are drawn; one is opened if it is not given. */
  readonly studio?: Studio
}

/**
 * Runs a report into the file `output`. If that is '', it goes to the report's viewer, or else to standard
 * output; what is not for a terminal goes to a new file instead. Throws UserError.
 */
export async function writeReport(
  kind: ReportKind,
  write: (sink: Sink) => void,
  output: string,
  warn: (text: string) => void,
  { inShell = false, studio }: WriteOptions = {},
): Promise<void> {
  const shown = output === '' && kind.viewer !== undefined
  const away = output === '' && !shown && kind.ending !== undefined && (inShell || isTerminal(1))
  // What is drawn or shown exists as a whole before anything is written.
  const bytes = kind.picture !== undefined || shown ? await wholeOutput(kind, write, warn, studio) : undefined
  if (shown) {
    const { showReport } = await import('./pictures.ts')
    return showReport(kind, bytes!, inShell)
  }
  const path = away ? freshName('profile', kind.ending!) : output
  if (path !== '') warn(`Generating report in ${path}`)
  if (bytes !== undefined) return toPath(path, (fd) => writeAll(fd, bytes))
  if (kind.compress === 'gzip') {
    const gzip = new GzipSink()
    write(gzip)
    const pieces: Uint8Array[] = []
    for await (const piece of gzip.finish()) pieces.push(piece)
    return toPath(path, (fd) => {
      for (const piece of pieces) writeAll(fd, piece)
    })
  }
  toPath(path, (fd) => {
    const sink = new FdSink(fd, isTerminal(fd) ? showControls : undefined)
    try {
      write(sink)
    } finally {
      // A report that ends in an error has printed what it could before.
      sink.flush()
    }
  })
}

async function wholeOutput(
  kind: ReportKind,
  write: (sink: Sink) => void,
  warn: (text: string) => void,
  studio: Studio | undefined,
): Promise<Uint8Array> {
  if (kind.picture !== undefined) {
    const { drawReport } = await import('./pictures.ts')
    return drawReport(kind.picture, write, warn, studio)
  }
  const sink = new TextSink()
  write(sink)
  return sink.toBytes()
}

/** Writes to the file, or to standard output if the path is ''. */
function toPath(path: string, write: (fd: number) => void): void {
  if (path === '') write(1)
  else toFile(path, write)
}

function toFile(path: string, write: (fd: number) => void): void {
  try {
    writeFileWhole(path, write)
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code
    if (code === undefined) throw e
    throw new UserError(`open ${path}: ${code === 'ENOENT' ? 'no such file or directory' : code}`)
  }
}

/** `prefix001.ending`, or the first number after it that is free. */
function freshName(prefix: string, ending: string): string {
  for (let n = 1; n < 10000; n++) {
    const name = `${prefix}${String(n).padStart(3, '0')}.${ending}`
    try {
      closeSync(openSync(name, 'wx'))
      return name
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e
    }
  }
  throw new UserError(`could not create file of the form ${prefix}NNN.${ending}`)
}
