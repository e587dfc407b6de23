// `goscope trace -http`: serves the workbench at the addresses of `go tool trace` until the user has had enough.

import { basename } from 'node:path'
import type { DecodeError } from '../../../core/base/errors.ts'
import { readTrace } from '../../../core/formats/trace/read-trace.ts'
import { untilInterrupted } from '../../server/interrupted.ts'
import { openBrowser } from '../../server/open-browser.ts'
import { parseHostPort, startServer } from '../../server/server.ts'
import { TraceUi } from '../../server/trace-ui.ts'
import { packageVersion } from '../people/package-version.ts'
import { goByteCount, goLogLine } from './go-log.ts'

/** A larger trace is looked into at its start only: reading it whole would keep the page waiting. */
const READ_WHOLE = 8 << 20
const FIRST_EVENTS = 20_000

export interface TraceHttpOptions {
  readonly bytes: Uint8Array
  readonly source: string
  /** Value of -http. */
  readonly address: string
  readonly noBrowser: boolean
}

/** Serves until SIGINT or SIGTERM; returns the exit status. Throws UserError, and DecodeError if nothing can be read. */
export async function serveTrace({ bytes, source, address, noBrowser }: TraceHttpOptions): Promise<number> {
  const log = (text: string): void => void process.stderr.write(`${goLogLine(text, new Date())}\n`)
  const ui = new TraceUi({
    bytes,
    name: source === '-' ? 'standard input' : basename(source.replace(/[?#].*$/s, '')),
    version: packageVersion(),
    log,
  })
  const warn = (text: string): void => void process.stderr.write(`${text}\n`)
  const server = await startServer(ui, parseHostPort(address), warn)
  try {
    log('Preparing trace for viewer...')
    tellDamage(bytes, log)
    log('Splitting trace for viewer...')
    log(`Opening browser. Trace viewer is listening on ${server.url}`)
    const ended = untilInterrupted()
    if (!noBrowser) await openBrowser(server.url, warn)
    await ended
  } finally {
    await server.close()
  }
  return 0
}

/** Says what is wrong with a trace. Throws DecodeError if nothing of it can be used. */
function tellDamage(bytes: Uint8Array, log: (text: string) => void): void {
  const whole = bytes.length <= READ_WHOLE
  const end = readTrace(bytes, [], whole ? {} : { limit: FIRST_EVENTS })
  const size = goByteCount(bytes.length)
  if (end.error !== undefined && end.usable === 0) throw unusable(end.error)
  if (whole) log(`${size} of ${size} (100.0%) processed...`)
  if (end.error === undefined) return
  const lost = bytes.length - end.validBytes
  log(`Encountered error, but able to proceed. Error: ${end.error.message}`)
  log(
    `Lost ${((lost / bytes.length) * 100).toFixed(2)}% of the latest trace data due to error (${goByteCount(lost)} of ${size})`,
  )
}

function unusable(e: DecodeError): DecodeError {
  e.message = `failed to parse any useful part of the trace: ${e.message}`
  return e
}
