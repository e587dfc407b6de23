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

/** Makes columns from rows of accounts, each row for itself or summed. */
export class StatColumns {
  private readonly stats: ExecStats
  private readonly tables: TraceTables
  private readonly rows: ArrayLike<number>
  private readonly into: ArrayLike<number> | undefined
  private readonly count: number

  /** Row `rows[i]` of the accounts is added to row `into[i]` of the columns; without `into` it is row i. */
  constructor(
    stats: ExecStats,
    tables: TraceTables,
    rows: ArrayLike<number>,
    into?: { readonly rows: ArrayLike<number>; readonly count: number },
  ) {
    this.stats = stats
    this.tables = tables
    this.rows = rows
    this.into = into?.rows
    this.count = into?.count ?? rows.length
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
    return this.each((row) => column[row])
  }

  private unknown(): Float64Array {
    return this.each((row) => this.stats.unknown(row))
  }

  private each(value: (row: number) => number): Float64Array {
    const { rows, into } = this
    const out = new Float64Array(this.count)
    for (let i = 0; i < rows.length; i++) out[into === undefined ? i : into[i]] += value(rows[i])
    return out
  }

  private pairs(table: PairTable): [name: string, values: Float64Array][] {
    const { rows, into } = this
    const columns = new Map<number, Float64Array>()
    for (let i = 0; i < rows.length; i++)
      for (let e = table.first(rows[i]); e >= 0; e = table.after(e)) {
        if (table.value[e] === 0) continue
        let column = columns.get(table.key(e))
        if (column === undefined) {
          column = new Float64Array(this.count)
          columns.set(table.key(e), column)
        }
        column[into === undefined ? i : into[i]] += table.value[e]
      }
    return [...columns]
      .map(([key, values]): [string, Float64Array] => [this.tables.strings.get(key), values])
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
