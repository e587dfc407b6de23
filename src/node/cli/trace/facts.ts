import { UserError } from '../../../core/base/errors.ts'

/** `goscope trace facts FILE`. Returns its exit status. Throws UserError. */
export async function runFacts(args: readonly string[]): Promise<number> {
  throw new UserError(`goscope trace facts: not yet (${args.length})`)
}
