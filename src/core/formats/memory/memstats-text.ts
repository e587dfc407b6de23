// The end of heap?debug=1 (runtime/pprof writeHeap): `# HeapSys = 1060667392`.

import { DecodeError } from '../../base/errors.ts'
import type { MemorySnapshot } from '../../model/memory.ts'
import { pausesOf } from './json.ts'

/** Lines that hold two numbers: in use and from the system. */
const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  Stack: ['StackInuse', 'StackSys'],
  MSpan: ['MSpanInuse', 'MSpanSys'],
  MCache: ['MCacheInuse', 'MCacheSys'],
}

/** Throws DecodeError if there are no statistics in the text. */
export function decodeMemStatsText(text: string): MemorySnapshot {
  const at = text.indexOf('# runtime.MemStats')
  const stats: Record<string, number> = {}
  const lists = new Map<string, number[]>()
  let maxRss: number | undefined
  for (const line of text.slice(Math.max(0, at)).split('\n')) {
    const m = /^# (\w+) = (.*?)\r?$/.exec(line)
    if (m === null) continue
    const [, name, value] = m
    const pair = PAIRS[name]
    if (pair !== undefined) {
      const both = /^(\d+) \/ (\d+)$/.exec(value)
      if (both !== null) {
        stats[pair[0]] = Number(both[1])
        stats[pair[1]] = Number(both[2])
      }
    } else if (value.startsWith('[')) lists.set(name, value.slice(1, -1).split(' ').map(Number))
    else if (name === 'MaxRSS') maxRss = Number(value)
    else if (/^-?[\d.]+(e[-+]?\d+)?$/i.test(value)) stats[name] = Number(value)
  }
  if (stats.HeapSys === undefined)
    throw new DecodeError(
      'memory',
      Math.max(0, at),
      'no runtime.MemStats in the text: fetch heap?debug=1 again',
    )
  return {
    memstats: {
      ...stats,
      ...pausesOf(lists.get('PauseNs') ?? [], lists.get('PauseEnd') ?? [], stats.NumGC ?? 0),
    },
    ...(maxRss !== undefined && { maxRss }),
  }
}
