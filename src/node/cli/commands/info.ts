// `goscope info`: what each source is.

import { formatTime } from '../../../core/base/go-time.ts'
import type { Int } from '../../../core/base/int64.ts'
import { hexInt } from '../../../core/base/int64.ts'
import { bytesText, countText, padEnd, timeText, valueText } from '../../../core/base/people-fmt.ts'
import { buildInfo, type InfoDoc, type InfoMapping } from '../../../core/reports/info.ts'
import { type LoadedProfile, readProfile } from '../../read-profile.ts'
import { localZone } from '../../zone.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import {
  LIVE_GROUP,
  type LiveFlags,
  liveFlags,
  liveOptions,
  type OutputFlags,
  outputFlags,
} from '../people/flags.ts'
import { plural, programOf } from '../people/head.ts'
import { jsonInt, jsonText, jsonTime, writeJson } from '../people/json.ts'
import { sourceProblem } from '../people/source-errors.ts'
import { shortName, sourceNames } from '../people/source-names.ts'
import { paint, type Style, safeName, styleFor, type Tone } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

interface InfoFlags extends OutputFlags, LiveFlags {}

export const spec: CommandSpec<InfoFlags> = {
  name: 'info',
  summary: 'what each source is, and what is wrong with it',
  args: 'SRC...',
  flags: { ...outputFlags, ...liveFlags },
  groups: [LIVE_GROUP, ['Output', ['json', 'color', 'width']]],
  examples: [
    ['goscope info cpu.pb.gz', 'what it measured, of which program, and how much of it there is'],
    ['goscope info *', 'all files of a folder'],
    ['curl -s HOST/debug/pprof/heap | goscope info -', 'what a server gives'],
  ],
}

const progress = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const style = styleFor(flags)
  const json: object[] = []
  let failed = false
  let first = true
  const names = await sourceNames(args)
  for (const [i, source] of args.entries()) {
    const name = names[i]!
    try {
      const loaded = await readProfile(source, { symbols: true, live: { ...liveOptions(flags), progress } })
      const doc = buildInfo(loaded.profile)
      if (flags.json) json.push(infoJson(name, loaded, doc))
      else {
        writeLines([...(first ? [] : ['']), ...infoLines(style, name, loaded, doc)])
        first = false
      }
    } catch (e) {
      const problem = sourceProblem(name, e)
      // The others are shown all the same.
      if (args.length === 1) throw problem
      process.stderr.write(`goscope info: ${safeName(problem.message)}\n`)
      json.push({ name: jsonText(name), error: jsonText(problem.message) })
      failed = true
    }
  }
  if (flags.json) writeJson({ schema: 'goscope.info/1', sources: json })
  return failed ? 2 : 0
}

/** Width of the words in front. */
const LEFT = 16

function infoLines(style: Style, source: string, loaded: LoadedProfile, doc: InfoDoc): string[] {
  const { profile: p } = loaded
  const lines: string[] = []
  const name = source === '-' ? 'standard input' : source
  lines.push(`${paint(style, 'strong', safeName(name))}  ${paint(style, 'accent', kindText(doc))}`)
  let last = ''
  const add = (word: string, text: string, tone: Tone = 'plain'): void => {
    const front = paint(style, 'quiet', padEnd(word === last ? '' : word, LEFT - 2))
    last = word
    const [head = '', ...rest] = wrapLines({ ...style, width: style.width - LEFT }, text)
    lines.push(
      `  ${front}${paint(style, tone, head)}`,
      ...rest.map((l) => ' '.repeat(LEFT) + paint(style, tone, l)),
    )
  }
  const packed =
    loaded.storedBytes === loaded.unpackedBytes ? '' : `, ${bytesText(loaded.unpackedBytes)} unpacked`
  add('format', `${loaded.format}, ${bytesText(loaded.storedBytes)}${packed}`)
  if (p.mappings.count > 0) add('program', programOf(p, shortName(source, loaded.address)))
  if (doc.goVersion !== '') add('written by', goText(doc.goVersion))
  if (doc.timeNanos !== 0) add('taken', takenText(doc))
  else if (doc.durationNanos !== 0) add('taken', `for ${timeText(doc.durationNanos)}`)
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
  for (const x of loaded.problems) {
    const at = x.offset >= 0 ? ` at byte ${x.offset}` : ''
    add(
      'problems',
      `${mark(style, 'warning')} ${safeName(x.message)}${at}${x.count > 1 ? ` (${countText(x.count)} times)` : ''}`,
      'warning',
    )
  }
  for (const f of doc.findings)
    add('problems', `${mark(style, f.level)} ${f.message}${f.remedy && `: ${f.remedy}`}`, f.level)
  return lines
}

const mark = (style: Style, level: 'warning' | 'info'): string =>
  level === 'warning' ? (style.unicode ? '▲' : '[!]') : style.unicode ? '●' : '[i]'

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

function infoJson(name: string, loaded: LoadedProfile, doc: InfoDoc): object {
  const int = (v: Int): number | string => jsonInt(v)
  return {
    name: jsonText(name),
    kind: doc.kind === 'other' ? 'profile' : `profile/${doc.kind}`,
    format: loaded.format,
    storedBytes: loaded.storedBytes,
    unpackedBytes: loaded.unpackedBytes,
    program: jsonText(programOf(loaded.profile, shortName(name, loaded.address))),
    goVersion: doc.goVersion,
    time: jsonTime(doc.timeNanos),
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
    problems: [
      ...loaded.problems.map((x) => ({
        level: 'warning',
        message: jsonText(x.message),
        offset: x.offset,
        count: x.count,
      })),
      ...doc.findings,
    ],
  }
}
