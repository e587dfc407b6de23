// `goscope trace facts FILE`: all that is computed of a trace, as one JSON document.

import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { traceFactsText } from '../../../core/engine/trace-facts.ts'
import { FdSink } from '../../output.ts'
import { Progress } from './progress.ts'
import { damage, readTraceFile } from './trace-file.ts'

const NAME = 'goscope trace facts'

/** Prints the document of the trace that the arguments name; returns the exit status. Throws UserError. */
export async function runFacts(args: readonly string[]): Promise<number> {
  const [source, ...more] = args
  if (source === undefined || more.length > 0 || /^--?h(elp)?$/.test(source))
    throw new UserError(`usage: ${NAME} trace.out (or - for standard input, or an address)`)
  const progress = new Progress('reading the trace')
  const out = new FdSink(1)
  try {
    const bytes = await readTraceFile(source)
    for (const piece of traceFactsText(bytes, (share) => progress.tell(share))) out.text(piece)
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${NAME}: ${e.message}`)
    if (e instanceof DecodeError) throw new UserError(`${NAME}: ${damage(e, source)}`)
    throw e
  } finally {
    progress.done()
  }
  out.text('\n')
  out.flush()
  return 0
}
