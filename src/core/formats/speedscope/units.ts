/** Units of the speedscope file format (its file-format-spec.ts). */
export type SpeedscopeUnit = 'none' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds' | 'bytes'

export interface UnitMatch {
  readonly unit: SpeedscopeUnit
  /** Values are multiplied by it. */
  readonly factor: number
}

const TIME: readonly (readonly [SpeedscopeUnit, number, readonly string[]])[] = [
  ['nanoseconds', 1, ['ns', 'nanosecond', 'nanoseconds']],
  ['microseconds', 1, ['us', 'µs', 'μs', 'microsecond', 'microseconds']],
  ['milliseconds', 1, ['ms', 'millisecond', 'milliseconds']],
  ['seconds', 1, ['s', 'sec', 'second', 'seconds']],
  ['seconds', 60, ['min', 'minute', 'minutes']],
  ['seconds', 3600, ['hr', 'hour', 'hours']],
]

// pprof counts in powers of 1024, whatever the spelling.
const BYTES: readonly (readonly [number, readonly string[]])[] = [
  [1, ['b', 'byte', 'bytes']],
  [2 ** 10, ['kb', 'kbyte', 'kbytes', 'kilobyte', 'kilobytes', 'kib']],
  [2 ** 20, ['mb', 'mbyte', 'mbytes', 'megabyte', 'megabytes', 'mib']],
  [2 ** 30, ['gb', 'gbyte', 'gbytes', 'gigabyte', 'gigabytes', 'gib']],
]

/** The speedscope unit for a profile's unit; 'none' for what it has no name for. */
export function speedscopeUnit(unit: string): UnitMatch {
  const lower = unit.toLowerCase()
  for (const [name, factor, spellings] of TIME) if (spellings.includes(lower)) return { unit: name, factor }
  for (const [factor, spellings] of BYTES) if (spellings.includes(lower)) return { unit: 'bytes', factor }
  return { unit: 'none', factor: 1 }
}

/** Nanoseconds in a speedscope time unit; 0 for the others. */
export function nanosecondsIn(unit: SpeedscopeUnit): number {
  switch (unit) {
    case 'nanoseconds':
      return 1
    case 'microseconds':
      return 1e3
    case 'milliseconds':
      return 1e6
    case 'seconds':
      return 1e9
    default:
      return 0
  }
}

/** True for the names of units that the format knows. */
export function isSpeedscopeUnit(unit: unknown): unit is SpeedscopeUnit {
  return (
    unit === 'none' ||
    unit === 'bytes' ||
    (typeof unit === 'string' && nanosecondsIn(unit as SpeedscopeUnit) > 0)
  )
}
