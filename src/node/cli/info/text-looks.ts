// Small texts that are read as a whole: benchmarks, perf stat, the manifest of a capture.

import { perfFacts, perfRemarks } from '../../../core/analysis/perf-stat/derive.ts'
import { DecodeError } from '../../../core/base/errors.ts'
import { countText, shareText, timeText } from '../../../core/base/people-fmt.ts'
import { decodeUtf8 } from '../../../core/base/utf8.ts'
import { decodeBench } from '../../../core/formats/bench/bench.ts'
import { decodePerfStat } from '../../../core/formats/perf-stat/decode.ts'
import type { PerfCounter, PerfStat } from '../../../core/model/perf-stat.ts'
import type { Fact, Look } from './look.ts'

/** Output of `go test -bench`. */
export function lookAtBench(bytes: Uint8Array): Look {
  const text = decodeUtf8(bytes)
  const runs = decodeBench(text)
  const names = new Set(runs.map((r) => `${r.pkg}.${r.name}-${r.procs}`))
  const config = (key: string): string => new RegExp(`^${key}: *(.*?)\\r?$`, 'm').exec(text)?.[1] ?? ''
  const machine = [config('goos'), config('goarch'), config('cpu')].filter((s) => s !== '').join(', ')
  const packages = [...new Set(runs.map((r) => r.pkg).filter((p) => p !== ''))]
  const units = [...new Set(runs.flatMap((r) => [...r.values.keys()]))]
  const brief = `${countText(names.size)} benchmarks, ${countText(runs.length)} runs`
  return {
    kind: 'bench',
    title: 'benchmark results',
    format: 'output of go test -bench',
    producer: '',
    taken: '',
    facts: [
      { word: 'benchmarks', text: brief },
      { word: 'units', text: units.join(', ') },
      ...(packages.length > 0 ? [{ word: 'packages', text: packages.join(', ') }] : []),
      ...(machine === '' ? [] : [{ word: 'machine', text: machine }]),
    ],
    brief,
    command: 'goscope diff BEFORE --',
    problems: [],
    ...(runs.length < 6 * names.size && {
      remarks: [
        {
          level: 'info' as const,
          message: 'fewer than 6 runs of each: differences need more to be significant',
          remedy: 'go test -bench . -count 10',
        },
      ],
    }),
    json: { benchmarks: names.size, runs: runs.length, units, packages, machine },
  }
}

/** Output of perf stat, with what it means: there is no other command for it. Throws DecodeError. */
export function lookAtPerfStat(bytes: Uint8Array): Look {
  const { reports, problems } = decodePerfStat(decodeUtf8(bytes))
  const first = reports[0]!
  const facts: Fact[] = []
  for (const [k, r] of reports.entries()) {
    if (reports.length > 1) facts.push({ word: `report ${k + 1}`, text: r.target || 'without a name' })
    facts.push(...perfStatFacts(r))
  }
  const telling = perfFacts(first)
  return {
    kind: 'perf-stat',
    title: `perf stat${first.target === '' ? '' : ` of ${first.target.replace(/^'(.*)'$/, '$1')}`}`,
    format: { text: 'output of perf stat', csv: 'output of perf stat -x', json: 'output of perf stat -j' }[
      first.form
    ],
    producer: 'perf',
    taken: first.started,
    facts,
    brief: telling
      .slice(0, 2)
      .map((f) => `${f.title.toLowerCase()} ${factValue(f.value, f.unit)}`)
      .join(', '),
    command: 'goscope info',
    problems,
    remarks: reports.flatMap((r) =>
      perfRemarks(r).map((message) => ({ level: 'info' as const, message, remedy: '' })),
    ),
    json: { reports: reports.map((r) => ({ ...reportJson(r), facts: perfFacts(r) })) },
  }
}

function perfStatFacts(r: PerfStat): Fact[] {
  const out: Fact[] = []
  if (r.runs > 1) out.push({ word: 'runs', text: `${countText(r.runs)}, averages of them` })
  if (r.intervals > 0) out.push({ word: 'intervals', text: `${countText(r.intervals)}, summed up` })
  const times = [
    ...(Number.isNaN(r.elapsed) ? [] : [`${timeText(r.elapsed * 1e9)} elapsed`]),
    ...(Number.isNaN(r.user)
      ? []
      : [`${timeText(r.user * 1e9)} user`, `${timeText(r.sys * 1e9)} in the kernel`]),
  ]
  if (times.length > 0) out.push({ word: 'time', text: times.join(', ') })
  for (const c of r.counters) if (c.state === 'counted') out.push({ word: 'counted', text: counterText(c) })
  for (const f of perfFacts(r))
    out.push({
      word: 'means',
      text: `${f.title}: ${factValue(f.value, f.unit)} (${f.formula})${f.meaning === '' ? '' : `: ${f.meaning}`}`,
      ...(f.level === 'look' && { tone: 'warning' as const }),
    })
  return out
}

function counterText(c: PerfCounter): string {
  const value =
    c.unit === 'msec' ? timeText(c.value * 1e6) : `${countText(c.value)}${c.unit === '' ? '' : ` ${c.unit}`}`
  const deviation = Number.isNaN(c.deviation) ? '' : ` ± ${shareText(c.deviation, 1)}`
  const running = c.running < 0.995 ? `, counted ${shareText(c.running, 1)} of the time` : ''
  return `${c.event}  ${value}${deviation}${running}`
}

function factValue(value: number, unit: string): string {
  switch (unit) {
    case 'share':
      return shareText(value, 1)
    case 'ratio':
    case 'processors':
      return value.toFixed(2)
    case 'GHz':
      return `${value.toFixed(2)} GHz`
    case 'per second':
      return `${countText(Math.round(value))} a second of CPU time`
    default:
      return `${value.toFixed(2)} ${unit}`
  }
}

/** NaN has no place in JSON. */
function reportJson(r: PerfStat): object {
  const orNull = (v: number): number | null => (Number.isFinite(v) ? v : null)
  return {
    ...r,
    elapsed: orNull(r.elapsed),
    user: orNull(r.user),
    sys: orNull(r.sys),
    counters: r.counters.map((c) => ({ ...c, value: orNull(c.value), deviation: orNull(c.deviation) })),
  }
}

/** capture.json. Throws DecodeError. */
export function lookAtManifest(bytes: Uint8Array): Look {
  let doc: Readonly<Record<string, unknown>>
  try {
    doc = JSON.parse(decodeUtf8(bytes)) as Readonly<Record<string, unknown>>
  } catch (e) {
    throw new DecodeError('manifest', -1, `broken JSON: ${e instanceof Error ? e.message : String(e)}`)
  }
  const text = (key: string): string => (typeof doc[key] === 'string' ? doc[key] : '')
  const list = (key: string): readonly unknown[] => (Array.isArray(doc[key]) ? doc[key] : [])
  const go = /^go(\d\S*)/.exec(text('goVersion'))?.[1]
  const brief = `of ${text('target') || 'unknown'}, ${countText(list('files').length)} files`
  const failed = list('failed').length
  return {
    kind: 'manifest',
    title: 'manifest of a capture',
    format: text('schema'),
    producer: text('goscope') === '' ? 'goscope' : `goscope ${text('goscope')}`,
    taken: text('started'),
    facts: [
      { word: 'target', text: text('target') },
      { word: 'state', text: text('state') },
      ...(go === undefined ? [] : [{ word: 'program', text: `Go ${go}` }]),
      { word: 'files', text: countText(list('files').length) },
    ],
    brief,
    command: '',
    problems: failed === 0 ? [] : [{ message: 'parts of the capture failed', offset: -1, count: failed }],
    json: { target: text('target'), state: text('state'), files: list('files').length, failed },
  }
}
