import { DecodeError, UserError } from '../../core/base/errors.ts'
import { ClosedPipe } from '../output.ts'
import { runCommand } from './commands/index.ts'

/** Exit status of a job that failed, of wrong use or unreadable input, and of a defect of goscope (EX_SOFTWARE of sysexits.h). */
const STATUS = { failed: 1, wrong: 2, defect: 70 } as const

async function main(): Promise<number> {
  // A reader of the messages that has gone is no reason to stop.
  process.stderr.on('error', () => undefined)
  try {
    return await runCommand(process.argv.slice(2))
  } catch (e) {
    if (e instanceof ClosedPipe) return 0
    const { status, text } = await explain(e)
    process.stderr.write(`${text}\n`)
    return status
  }
}

/** What an error means to the user, and the exit status that goes with it. */
async function explain(e: unknown): Promise<{ status: number; text: string }> {
  if (e instanceof UserError) return { status: STATUS.wrong, text: e.message }
  if (e instanceof DecodeError) {
    const at = e.offset >= 0 ? ` (at byte ${e.offset})` : ''
    return { status: STATUS.wrong, text: `goscope: ${e.message}${at}` }
  }
  // What the system refused: a full disk, a file that may not be written.
  const { code, syscall, path } = e as NodeJS.ErrnoException
  if (typeof code === 'string' && syscall !== undefined)
    return { status: STATUS.failed, text: `goscope: ${path ?? syscall}: ${(e as Error).message}` }
  if (e instanceof RangeError && /allocation failed|Invalid typed array length|heap/.test(e.message))
    return {
      status: STATUS.failed,
      text: 'goscope: not enough memory; a larger limit may help: node --max-old-space-size=8192 …',
    }
  const { packageVersion } = await import('./people/package-version.ts')
  const stack = e instanceof Error ? e.stack : String(e)
  return {
    status: STATUS.defect,
    text:
      `goscope ${packageVersion()} (Node ${process.version}, ${process.platform}/${process.arch}): ` +
      `this is a defect of goscope, please report it with these lines:\n${stack}`,
  }
}

process.exitCode = await main()
