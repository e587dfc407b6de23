import { closeSync, openSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import type { ReportKind } from '../../../core/reports/index.ts'
import type { Sink } from '../../../core/reports/report.ts'
import { GzipSink } from '../../gzip-sink.ts'
import { FdSink, isTerminal, writeAll, writeFileWhole } from '../../output.ts'
import { showControls } from '../../terminal-text.ts'

/** File name endings of reports that must not go to a terminal. */
const AWAY_FROM_TERMINAL: Readonly<Record<string, string>> = { gzip: 'pb.gz' }

/**
 * Runs a report into the file `output`, or to standard output if that is ''. What is not text goes to a
 * new file instead of a terminal. Throws UserError if the file cannot be written.
 */
export async function writeReport(
  kind: ReportKind,
  write: (sink: Sink) => void,
  output: string,
  warn: (text: string) => void,
): Promise<void> {
  let path = output
  if (path === '' && kind.compress !== undefined && isTerminal(1))
    path = freshName('profile', AWAY_FROM_TERMINAL[kind.compress]!)
  if (path !== '') warn(`Generating report in ${path}`)
  if (kind.compress === 'gzip') {
    const gzip = new GzipSink()
    write(gzip)
    const pieces: Uint8Array[] = []
    for await (const piece of gzip.finish()) pieces.push(piece)
    if (path === '') for (const piece of pieces) writeAll(1, piece)
    else
      toFile(path, (fd) => {
        for (const piece of pieces) writeAll(fd, piece)
      })
    return
  }
  const toFd = (fd: number): void => {
    const sink = new FdSink(fd, isTerminal(fd) ? showControls : undefined)
    try {
      write(sink)
    } finally {
      // A report that ends in an error has printed what it could before.
      sink.flush()
    }
  }
  if (path === '') toFd(1)
  else toFile(path, toFd)
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
