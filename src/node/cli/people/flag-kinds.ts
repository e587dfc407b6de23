// Kinds of flags, for the descriptions of commands.

import { UserError } from '../../../core/base/errors.ts'

/** A whole number; 0 and `all` are no limit. Throws UserError. */
function wholeNumber(text: string): number {
  if (text === 'all') return 0
  if (!/^\d{1,9}$/.test(text)) throw new UserError('must be a whole number, 0 for no limit')
  return Number(text)
}

export const flag = (brief: string) =>
  ({ kind: 'boolean', brief, optional: true, withNegated: false }) as const
export const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, brief, placeholder, optional: true }) as const
/** May be given several times. */
export const texts = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, brief, placeholder, optional: true, variadic: true }) as const
export const number = (brief: string, placeholder = 'N') =>
  ({ kind: 'parsed', parse: wholeNumber, brief, placeholder, optional: true }) as const

/** A port to listen at. Throws UserError. */
function portNumber(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65535)
    throw new UserError('must be a number up to 65535, 0 for any free port')
  return number
}

export const port = (brief: string) =>
  ({ kind: 'parsed', parse: portNumber, brief, placeholder: 'N', optional: true }) as const
