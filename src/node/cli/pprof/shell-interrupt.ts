// Ctrl-C while a report is made. Reports are plain synchronous loops, and a signal's handler only runs
// between turns of the event loop; node:vm has a thread that waits for the signal and stops the script.

import { createContext, Script } from 'node:vm'

/** Thrown when the user has stopped a command. */
export class Interrupted extends Error {}

/** Runs synchronous work, which may throw Interrupted. */
export type Guard = <T>(work: () => T) => T

const STOPPED = 'ERR_SCRIPT_EXECUTION_INTERRUPTED'

/** A guard that Ctrl-C ends. What the work has built until then is lost, so it must not keep half of it. */
export function interruptible(): Guard {
  const sandbox = createContext({ work: (): void => undefined })
  const script = new Script('work()', { filename: 'command' })
  return <T>(work: () => T): T => {
    let result: T | undefined
    sandbox.work = () => {
      result = work()
    }
    try {
      script.runInContext(sandbox, { breakOnSigint: true, displayErrors: false })
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === STOPPED) throw new Interrupted()
      throw e
    }
    return result as T
  }
}

/** Waits for work, or for Ctrl-C: then throws Interrupted and leaves the work to itself. */
export async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  let stop = (): void => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted())
  })
  process.once('SIGINT', stop)
  try {
    return await Promise.race([work, stopped])
  } finally {
    process.removeListener('SIGINT', stop)
    work.catch(() => undefined)
  }
}
