import { DecodeError, UserError } from '../../core/base/errors.ts'
import { ClosedPipe } from '../output.ts'
import { runCommand } from './commands/index.ts'

/** Exit status of a defect of goscope (EX_SOFTWARE of sysexits.h). */
const DEFECT = 70

async function main(): Promise<number> {
  try {
    return await runCommand(process.argv.slice(2))
  } catch (e) {
    if (e instanceof ClosedPipe) return 0
    if (e instanceof UserError) {
      process.stderr.write(`${e.message}\n`)
      return 2
    }
    if (e instanceof DecodeError) {
      process.stderr.write(`goscope: ${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}\n`)
      return 2
    }
    const stack = e instanceof Error ? e.stack : String(e)
    process.stderr.write(
      `goscope: this is a defect of goscope, please report it with these lines:\n${stack}\n`,
    )
    return DEFECT
  }
}

process.exitCode = await main()
