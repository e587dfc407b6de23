import { buildMemoryAccount } from '../../../core/analysis/memory/account.ts'
import { sumMappings } from '../../../core/analysis/memory/mapping-sums.ts'
import { formatTime } from '../../../core/base/go-time.ts'
import { bytesText, countText } from '../../../core/base/people-fmt.ts'
import { decodeMemory } from '../../../core/formats/memory/index.ts'
import type { MemorySnapshot } from '../../../core/model/memory.ts'
import { localZone } from '../../zone.ts'
import type { Fact, Look } from './look.ts'

/** Statistics of memory. Throws DecodeError. */
export function lookAtMemory(name: string, bytes: Uint8Array): Look {
  const s = decodeMemory(bytes, name)
  const a = buildMemoryAccount(s)
  const { title, format } = formOf(s)
  const m = s.memstats
  const facts: Fact[] = []
  const add = (word: string, text: string): void => {
    facts.push({ word, text })
  }
  if (s.commandLine !== undefined) add('program', s.commandLine.join(' '))
  if (m !== undefined || s.metrics !== undefined) {
    const part = (id: string): string | undefined => {
      const row = a.rows.find((r) => r.id === id)
      return row && bytesText(row.bytes)
    }
    const held = a.held === undefined ? [] : [`${bytesText(a.held)} held by the runtime`]
    const use = [part('heap-in-use'), part('heap-idle')]
    add(
      'memory',
      [
        ...held,
        ...(use[0] === undefined ? [] : [`heap ${use[0]} in use`]),
        ...(use[1] === undefined ? [] : [`${use[1]} idle`]),
      ].join(', '),
    )
  }
  if (m?.NumGC !== undefined)
    add('collections', `${countText(m.NumGC)}${m.LastGC ? `, the last at ${wallText(m.LastGC)}` : ''}`)
  if (s.metrics !== undefined)
    add('metrics', `${s.metrics.values.size} values, ${s.metrics.histograms.size} histograms`)
  if (s.mappings !== undefined) add('mappings', mappingsText(s))
  if (a.resident !== undefined) add('resident', bytesText(a.resident))
  if (s.status?.threads !== undefined) add('threads', countText(s.status.threads))
  if (s.containerLimit !== undefined) add('limit', bytesText(s.containerLimit))
  if (s.containerUsage !== undefined) add('usage', bytesText(s.containerUsage))
  const whole = a.resident ?? a.held ?? s.containerLimit ?? s.containerUsage
  return {
    kind: 'memory',
    title,
    format,
    producer: s.goVersion === undefined ? '' : `Go ${s.goVersion.replace(/^go/, '')}`,
    // Statistics have no time of their own; the last collection is the nearest that there is.
    taken: '',
    facts,
    brief:
      whole === undefined
        ? ''
        : `${bytesText(whole)}${a.resident !== undefined ? ' resident' : a.held !== undefined ? ' held' : ''}`,
    command: 'goscope memory',
    problems: [],
    json: {
      form: title,
      resident: a.resident ?? null,
      held: a.held ?? null,
      collections: m?.NumGC ?? null,
      lastCollection: m?.LastGC ? new Date(m.LastGC / 1e6).toISOString() : null,
      mappings: s.mappings?.length ?? null,
      metrics: s.metrics === undefined ? null : s.metrics.values.size + s.metrics.histograms.size,
      containerLimit: s.containerLimit ?? null,
      containerUsage: s.containerUsage ?? null,
    },
  }
}

function formOf(s: MemorySnapshot): { readonly title: string; readonly format: string } {
  if (s.commandLine !== undefined) return { title: 'variables of expvar', format: '/debug/vars as JSON' }
  if (s.memstats !== undefined)
    return s.memstats.BySize === undefined
      ? { title: 'memory statistics', format: 'runtime.MemStats as text' }
      : { title: 'memory statistics', format: 'runtime.MemStats as JSON' }
  if (s.metrics !== undefined) return { title: 'metrics of the runtime', format: 'runtime/metrics as JSON' }
  if (s.mappings !== undefined) {
    if (s.mappings.some((m) => m.name === '[rollup]'))
      return { title: 'memory of a process', format: '/proc/PID/smaps_rollup' }
    return s.mappings.some((m) => m.rss >= 0)
      ? { title: 'mappings of a process', format: '/proc/PID/smaps' }
      : { title: 'mappings of a process', format: '/proc/PID/maps' }
  }
  if (s.status !== undefined) return { title: 'status of a process', format: '/proc/PID/status' }
  return { title: 'memory of a container', format: 'file of a control group' }
}

function mappingsText(s: MemorySnapshot): string {
  const sums = sumMappings(s.mappings!)
  const names = sums === undefined ? '' : sums.named ? ', with names of Go' : ', without names of Go'
  return `${countText(s.mappings!.length)}${names}`
}

const wallText = (nanos: number): string => formatTime(BigInt(Math.round(nanos)), localZone())
