// Columns of a breakdown of time: as the reference's goroutine and region pages have them.

import type { ExecStats } from '../../analysis/trace/exec-stats.ts'
import type { PairTable } from '../../analysis/trace/pair-table.ts'
import { compareText } from '../../base/utf8.ts'
import type { TraceTables } from '../../model/trace.ts'

/** What a column is about: its colour. */
export type StatClass =
  | 'running'
  | 'runnable'
  | 'syscall'
  | 'sync'
  | 'chan'
  | 'network'
  | 'sleep'
  | 'gc'
  | 'system'
  | 'unknown'

/** Time, ns, of each row. */
export interface StatColumn {
  /** The reference's name, such as `Block time (chan receive)`. */
  readonly name: string
  readonly of: StatClass
  readonly values: Float64Array
}

/** Which of the colours a reason of waiting has. */
export function classOfReason(reason: string): StatClass {
  if (reason === 'network' || /^IO wait/i.test(reason)) return 'network'
  if (/chan|select/.test(reason)) return 'chan'
  if (/sync|lock|mutex|wait ?group|semacquire/i.test(reason)) return 'sync'
  if (/sleep/.test(reason)) return 'sleep'
  if (/GC|mark|sweep|assist/.test(reason)) return 'gc'
  if (/system goroutine|finalizer|forever|trace reader|force|debug call|coroutine/.test(reason))
    return 'system'
  return 'unknown'
}

/** Makes the columns of rows that are sums: row k of the columns is the sum of the rows of `members[k]`. */
export class StatColumns {
  private readonly stats: ExecStats
  private readonly tables: TraceTables
  private readonly members: readonly (readonly number[])[]

  constructor(stats: ExecStats, tables: TraceTables, members: readonly (readonly number[])[]) {
    this.stats = stats
    this.tables = tables
    this.members = members
  }

  total(): Float64Array {
    return this.sums(this.stats.total)
  }

  /** Of time that does not overlap: execution first, then by name; unknown only where there is some. */
  breakdown(): StatColumn[] {
    const { stats } = this
    const columns: StatColumn[] = [
      { name: 'Block time (syscall)', of: 'syscall', values: this.sums(stats.syscallBlock) },
      { name: 'Sched wait time', of: 'runnable', values: this.sums(stats.schedWait) },
      { name: 'Syscall execution time', of: 'syscall', values: this.sums(stats.syscall) },
      { name: 'Unknown time', of: 'unknown', values: this.unknown() },
      ...this.pairs(stats.reasons).map(([reason, values]) => ({
        name: `Block time (${reason})`,
        of: classOfReason(reason),
        values,
      })),
    ]
    columns.sort((a, b) => compareText(a.name, b.name))
    return [{ name: 'Execution time', of: 'running', values: this.sums(stats.exec) }, ...columns]
  }

  /** Time in ranges, by name. It overlaps with the breakdown. */
  ranges(): StatColumn[] {
    return this.pairs(this.stats.ranges).map(([name, values]) => ({
      name,
      of: classOfRange(name),
      values,
    }))
  }

  private sums(column: Float64Array): Float64Array {
    const out = new Float64Array(this.members.length)
    for (const [k, rows] of this.members.entries()) for (const row of rows) out[k] += column[row]
    return out
  }

  private unknown(): Float64Array {
    const out = new Float64Array(this.members.length)
    for (const [k, rows] of this.members.entries()) for (const row of rows) out[k] += this.stats.unknown(row)
    return out
  }

  private pairs(table: PairTable): [name: string, values: Float64Array][] {
    const columns = new Map<number, Float64Array>()
    for (const [k, rows] of this.members.entries())
      for (const row of rows)
        for (let e = table.first(row); e >= 0; e = table.after(e)) {
          let column = columns.get(table.key(e))
          if (column === undefined) {
            column = new Float64Array(this.members.length)
            columns.set(table.key(e), column)
          }
          column[k] += table.value[e]
        }
    return [...columns]
      .map(([key, values]): [string, Float64Array] => [this.tables.strings.get(key), values])
      .filter(([, values]) => values.some((v) => v !== 0))
      .sort((a, b) => compareText(a[0], b[0]))
  }
}

function classOfRange(name: string): StatClass {
  return name.startsWith('stop-the-world') ? 'sync' : 'gc'
}

/** A column's name as part of an address: `block-time-chan-receive`. */
export function statId(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
