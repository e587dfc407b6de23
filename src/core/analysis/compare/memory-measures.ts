import type { MemorySnapshot } from '../../model/memory.ts'
import { buildMemoryAccount } from '../memory/account.ts'
import type { Measure } from './compare.ts'

/** The parts of the account of memory, and how often the collector ran. */
export function memoryMeasures(s: MemorySnapshot): Measure[] {
  const a = buildMemoryAccount(s)
  const out: Measure[] = []
  const add = (name: string, unit: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value))
      out.push({ group: 'memory', name, unit, value, worse: 1 })
  }
  add('resident', 'bytes', a.resident)
  add('held by the runtime', 'bytes', a.held)
  for (const r of a.rows) add(r.title, 'bytes', r.bytes)
  add('heap objects', 'count', s.memstats?.HeapObjects)
  add('collections', 'count', s.memstats?.NumGC)
  add('collector’s share of CPU', 'share', s.memstats?.GCCPUFraction)
  return out
}
