import { closeSync, openSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import type { ReportKind } from '../../../core/reports/index.ts'
import { type Sink, TextSink } from '../../../core/reports/report.ts'
import { ClosedPipe, FdSink, isTerminal, writeAll, writeFileWhole } from '../../output.ts'
import type { Studio } from '../../render/studio.ts'
import { systemError } from '../../system-error.ts'
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
  const generating = (path: string): void => {
    if (path !== '') warn(`Generating report in ${path}`)
  }
  // What is packed, drawn, shown or put into a file of our naming exists as a whole before anything is written.
  if (kind.compress !== undefined || kind.picture !== undefined || shown || away) {
    const pieces = await wholeOutput(kind, write, warn, studio)
    if (shown) {
      const { showReport } = await import('./pictures.ts')
      return showReport(kind, Buffer.concat(pieces), inShell)
    }
    const path = away ? freshName('profile', kind.ending!) : output
    generating(path)
    return toPath(path, (fd) => {
      for (const piece of pieces) writeAll(fd, piece)
    })
  }
  toPath(output, (fd) => {
    const sink = new FdSink(fd, isTerminal(fd) ? showControls : undefined)
    // Said when there is something to write: a report that fails before leaves no file and no word of one.
    let said = false
    const say = (): void => {
      if (!said) generating(output)
      said = true
    }
    write({
      text: (t) => {
        say()
        sink.text(t)
      },
      bytes: (b) => {
        say()
        sink.bytes(b)
      },
    })
    say()
    sink.flush()
  })
}

async function wholeOutput(
  kind: ReportKind,
  write: (sink: Sink) => void,
  warn: (text: string) => void,
  studio: Studio | undefined,
): Promise<Uint8Array[]> {
  if (kind.picture !== undefined) {
    const { drawReport } = await import('./pictures.ts')
    return [await drawReport(kind.picture, write, warn, studio)]
  }
  if (kind.compress === 'gzip') {
    const { GzipSink } = await import('../../gzip-sink.ts')
    const gzip = new GzipSink()
    write(gzip)
    const pieces: Uint8Array[] = []
    for await (const piece of gzip.finish()) pieces.push(piece)
    return pieces
  }
  const sink = new TextSink()
  write(sink)
  return [sink.toBytes()]
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
    if (e instanceof UserError || e instanceof ClosedPipe) throw e
    throw new UserError(systemError('open', path, e))
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
