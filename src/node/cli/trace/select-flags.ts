// Flags of the reports of a trace that choose a part of it.

import { UserError } from '../../../core/base/errors.ts'
import { type Int, toInt } from '../../../core/base/int64.ts'

/** Values of the flags below. */
export interface SelectFlags {
  readonly from?: number
  readonly to?: number
  readonly goroutine?: Int
  readonly task?: string
  readonly region?: string
  readonly proc?: Int
}

export const SELECT_FLAGS = {
  from: {
    kind: 'parsed',
    parse: (text: string): number => goDuration(text, 'from'),
    brief: 'only what came later than this after the start, e.g. 250ms',
    placeholder: 'TIME',
    optional: true,
  },
  to: {
    kind: 'parsed',
    parse: (text: string): number => goDuration(text, 'to'),
    brief: 'only what came earlier than this after the start, e.g. 1.5s',
    placeholder: 'TIME',
    optional: true,
  },
  goroutine: {
    kind: 'parsed',
    parse: (text: string): Int => idOf(text, 'goroutine'),
    brief: 'only this goroutine',
    placeholder: 'N',
    optional: true,
  },
  task: {
    kind: 'parsed',
    parse: String,
    brief: 'only the goroutines of this task while it lasted; of a type the longest',
    placeholder: 'N|TYPE',
    optional: true,
  },
  region: {
    kind: 'parsed',
    parse: String,
    brief: 'only goroutines in a region of this type',
    placeholder: 'TYPE',
    optional: true,
  },
  proc: {
    kind: 'parsed',
    parse: (text: string): Int => idOf(text, 'proc'),
    brief: 'only what ran on this processor',
    placeholder: 'N',
    optional: true,
  },
} as const

export const OUTPUT_FLAGS = {
  limit: {
    kind: 'parsed',
    parse: Number,
    brief: 'rows of a table, 0 for all',
    placeholder: 'N',
    optional: true,
  },
  json: { kind: 'boolean', brief: 'one JSON document', optional: true, withNegated: false },
  color: { kind: 'enum', values: ['auto', 'always', 'never'], brief: 'colours', optional: true },
  width: { kind: 'parsed', parse: Number, brief: 'width of lines', placeholder: 'N', optional: true },
} as const

/** Values of OUTPUT_FLAGS. */
export interface OutputFlags {
  readonly limit?: number
  readonly json?: boolean
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Nanoseconds of a duration as Go writes them (`1.5s`, `1m30s`, `250ms`, `0`). Throws UserError. */
export function goDuration(text: string, flag: string): number {
  let rest = text.trim()
  if (rest === '0') return 0
  let nanos = 0
  if (rest !== '' && rest.length < 100)
    for (;;) {
      const part = /^(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/.exec(rest)
      if (part === null) break
      nanos += Number(part[1]) * UNITS[part[2]!]!
      rest = rest.slice(part[0].length)
      if (rest === '') return Math.round(nanos)
    }
  throw new UserError(`--${flag} ${text}: a time as Go writes them is wanted, such as 250ms or 1.5s`)
}

function idOf(text: string, flag: string): Int {
  const digits = flag === 'goroutine' ? text.replace(/^G/i, '') : text.replace(/^P/i, '')
  if (!/^\d{1,20}$/.test(digits)) throw new UserError(`--${flag} ${text}: a number is wanted`)
  return toInt(BigInt(digits))
}
