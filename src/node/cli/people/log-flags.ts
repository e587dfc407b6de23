import type { FlagParametersForType } from '@stricli/core'
import { flag, number } from './flag-kinds.ts'
import { type OutputFlags, outputFlags } from './flags.ts'

/** Flags of the commands for logs. */
export interface LogFlags extends OutputFlags {
  readonly csv?: boolean
  readonly limit?: number
  readonly process?: number
}

export const logFlags: FlagParametersForType<LogFlags> = {
  ...outputFlags,
  csv: flag('the rows as comma-separated values'),
  limit: number('most rows of a table, 0 for all'),
  process: number('which process of the log, counted from 1; the one with most lines if not given'),
}

export const LOG_GROUPS: readonly (readonly [string, readonly (keyof LogFlags)[]])[] = [
  ['What is shown', ['limit', 'process']],
  ['Output', ['json', 'csv', 'color', 'width']],
]
