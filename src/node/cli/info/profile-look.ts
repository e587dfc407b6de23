// A profile: the oldest kind of source, and the one that tells most of itself.

import { formatTime } from '../../../core/base/go-time.ts'
import { hexInt, type Int } from '../../../core/base/int64.ts'
import { countText, padEnd, timeText, valueText } from '../../../core/base/people-fmt.ts'
import { buildInfo, type InfoDoc, type InfoMapping } from '../../../core/reports/info.ts'
import type { LoadedProfile } from '../../read-profile.ts'
import { localZone } from '../../zone.ts'
import { plural, programOf } from '../people/head.ts'
import { jsonInt, jsonText, jsonTime } from '../people/json.ts'
import { shortName } from '../people/source-names.ts'
import { type Style, safeName } from '../people/style.ts'
import type { Fact, Look } from './look.ts'

/** What a profile is. */
export function lookAtProfile(style: Style, source: string, loaded: LoadedProfile): Look {
  const { profile: p } = loaded
  const doc = buildInfo(p)
  const facts: Fact[] = []
  const add = (word: string, text: string): void => {
    facts.push({ word, text })
  }
  // One in one is all of them.
  if (doc.period !== 0 && doc.period !== 1) add('period', periodText(doc))
  const width = Math.max(0, ...doc.sampleTypes.map((t) => t.type.length))
  for (const t of doc.sampleTypes) {
    const total = valueText(t.total, t.unit)
    const more = t.isDefault ? ', shown unless --sample-type says otherwise' : ''
    const stacks =
      t.samples === doc.samples || t.samples === 0 ? '' : ` in ${plural(style, t.samples, 'stack')}`
    add('sample types', `${padEnd(safeName(t.type), width)}  ${total}${stacks}${more}`)
  }
  const d = doc.depth
  const depth = d === undefined ? '' : `, ${d.min} to ${d.max} frames deep, median ${d.median}`
  add('stacks', `${countText(doc.samples)}${depth}`)
  add(
    'functions',
    `${countText(doc.functions)} in ${plural(style, doc.files, 'file')}, ${plural(style, doc.locations, 'location')}`,
  )
  for (const m of doc.mappings) add('mappings', mappingText(style, m))
  for (const l of doc.labels) {
    const unit =
      l.numericUnit === undefined ? '' : `, numbers${l.numericUnit && ` in ${safeName(l.numericUnit)}`}`
    add(
      'labels',
      `${safeName(l.key)}  ${plural(style, l.values, 'value')} on ${plural(style, l.samples, 'stack')}${unit}`,
    )
  }
  for (const c of doc.comments) add('comments', safeName(c))
  if (doc.docUrl !== '') add('documents', safeName(doc.docUrl))
  const shown = doc.sampleTypes.find((t) => t.isDefault)
  const total =
    shown === undefined
      ? ''
      : `${valueText(shown.total, shown.unit)} ${shown.unit === 'count' ? '' : 'of '}${safeName(shown.type)} in `
  const program = programOf(p, shortName(source, loaded.address))
  const time = jsonTime(doc.timeNanos)
  return {
    kind: doc.kind === 'other' ? 'profile' : `profile/${doc.kind}`,
    title: kindText(doc),
    format: loaded.format,
    producer: doc.goVersion === '' ? '' : goText(doc.goVersion),
    taken:
      doc.timeNanos !== 0
        ? takenText(doc)
        : doc.durationNanos !== 0
          ? `for ${timeText(doc.durationNanos)}`
          : '',
    facts: [...(p.mappings.count > 0 ? [{ word: 'program', text: program }] : []), ...facts],
    brief: `${total}${plural(style, doc.samples, 'stack')}`,
    command: /^goroutine/.test(doc.kind) ? 'goscope goroutines' : 'goscope top',
    problems: loaded.problems,
    remarks: doc.findings,
    json: {
      program: jsonText(program),
      goVersion: doc.goVersion,
      time,
      timeNanos: int(doc.timeNanos),
      durationNanos: int(doc.durationNanos),
      periodType: { type: jsonText(doc.periodType.type), unit: jsonText(doc.periodType.unit) },
      period: int(doc.period),
      sampleTypes: doc.sampleTypes.map((t) => ({
        type: jsonText(t.type),
        unit: jsonText(t.unit),
        total: int(t.total),
        samples: t.samples,
        default: t.isDefault,
      })),
      samples: doc.samples,
      stackDepth: doc.depth ?? null,
      functions: doc.functions,
      files: doc.files,
      locations: doc.locations,
      mappings: doc.mappings.map((m) => ({
        file: jsonText(m.file),
        buildId: jsonText(m.buildId),
        start: `0x${hexInt(m.start)}`,
        limit: `0x${hexInt(m.limit)}`,
        offset: `0x${hexInt(m.offset)}`,
        locations: m.locations,
        named: m.named,
      })),
      labels: doc.labels.map((l) => ({ ...l, key: jsonText(l.key) })),
      comments: doc.comments.map(jsonText),
      docUrl: jsonText(doc.docUrl),
    },
  }
}

const int = (v: Int): number | string => jsonInt(v)

function kindText(doc: InfoDoc): string {
  if (doc.kind !== 'other') return `${doc.kind} profile`
  return `profile of ${doc.sampleTypes.map((t) => safeName(t.type)).join(', ') || 'nothing'}`
}

function goText(version: string): string {
  if (version === 'go') return 'Go'
  const known = /^go[\d.]+(rc\d+|beta\d+)?$/.test(version)
  return `Go ${version.slice(2)}${known ? '' : ' (told by the packages of its runtime)'}`
}

function takenText(doc: InfoDoc): string {
  const time = formatTime(doc.timeNanos, localZone())
  return doc.durationNanos === 0 ? time : `${time}, for ${timeText(doc.durationNanos)}`
}

function periodText(doc: InfoDoc): string {
  const { type, unit } = doc.periodType
  const period = `${valueText(doc.period, unit)}${type === '' ? '' : ` of ${safeName(type)}`}`
  if (doc.kind === 'cpu' && unit === 'nanoseconds' && doc.period > 0)
    return `${period}, ${countText(Math.round(1e9 / Number(doc.period)))} samples a second`
  if (doc.kind === 'heap' || doc.kind === 'allocs')
    return `one sample in ${valueText(doc.period, unit)} allocated`
  return `one sample in ${period}`
}

function mappingText(style: Style, m: InfoMapping): string {
  const file = m.file === '' ? '(no name)' : safeName(m.file)
  const id = m.buildId === '' ? '' : `, build id ${safeName(m.buildId)}`
  const place = m.limit === 0 ? '' : `, ${hexInt(m.start)}-${hexInt(m.limit)}`
  const named =
    m.locations === 0
      ? 'not in any stack'
      : `${plural(style, m.locations, 'location')}, ${m.named === m.locations ? 'with names' : m.named === 0 ? 'without names' : `${countText(m.named)} with names`}`
  return `${file}${id}${place}, ${named}`
}
