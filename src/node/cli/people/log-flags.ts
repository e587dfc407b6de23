import type { FlagParametersForType } from '@stricli/core'
import { type OutputFlags, outputFlags, reportFlags } from './flags.ts'

/** Flags of the commands for logs. */
export interface LogFlags extends OutputFlags {
  readonly csv?: boolean
  readonly limit?: number
  readonly process?: number
}

export const logFlags: FlagParametersForType<LogFlags> = {
  ...outputFlags,
  csv: {
    kind: 'boolean',
    brief: 'the rows as comma-separated values',
    optional: true,
    withNegated: false,
  },
  limit: { ...reportFlags.limit, brief: 'most rows of a table, 0 for all' },
  process: {
    ...reportFlags.limit,
    brief: 'which process of the log, counted from 1; the one with most lines if not given',
  },
}

export const LOG_GROUPS: readonly (readonly [string, readonly (keyof LogFlags)[]])[] = [
  ['What is shown', ['limit', 'process']],
  ['Output', ['json', 'csv', 'color', 'width']],
]
