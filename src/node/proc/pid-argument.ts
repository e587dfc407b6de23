import { UserError } from '../../core/base/errors.ts'

/** `123` or `pid:123`. Throws UserError. */
export function pidOf(text: string): number {
  const m = /^(?:pid:)?([1-9]\d{0,9})$/.exec(text)
  if (m === null) throw new UserError(`${text} is no process id: 123 or pid:123`)
  return Number(m[1])
}
