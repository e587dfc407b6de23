import { FdSink } from '../../output.ts'

/** Writes lines to standard output. Throws ClosedPipe. */
export function writeLines(lines: Iterable<string>): void {
  const sink = new FdSink(1)
  for (const line of lines) sink.text(`${line}\n`)
  sink.flush()
}
