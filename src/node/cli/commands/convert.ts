// `goscope convert`: a profile of any known format as a file of another.

import type { FlagParametersForType } from '@stricli/core'
import { mergeProfiles } from '../../../core/analysis/merge.ts'
import { selectSampleType } from '../../../core/analysis/sample-type.ts'
import { harmonize } from '../../../core/analysis/scale.ts'
import { UserError } from '../../../core/base/errors.ts'
import { prepareReport } from '../../../core/engine/run-report.ts'
import { folded } from '../../../core/formats/folded/index.ts'
import { encodeProfile } from '../../../core/formats/pprof/encode.ts'
import { speedscope } from '../../../core/formats/speedscope/index.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { defaultConfig } from '../../../core/reports/config.ts'
import { countOf, leftOutNotice } from '../../../core/reports/flame.ts'
import { REPORTS } from '../../../core/reports/index.ts'
import { isTerminal } from '../../output.ts'
import { readProfile } from '../../read-profile.ts'
import { localZone } from '../../zone.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { printRemarks } from '../people/head.ts'
import { openReport } from '../people/open-report.ts'
import { packageVersion } from '../people/package-version.ts'
import { sourceProblem } from '../people/source-errors.ts'
import { remark, reportWritten, type Write, writeOutput } from '../people/write-file.ts'

const FORMATS = ['proto', 'folded', 'speedscope', 'callgrind', 'svg', 'html'] as const
type Target = (typeof FORMATS)[number]

interface ConvertFlags {
  readonly output?: string
  readonly format?: Target
  readonly sampleType?: string
}

const flags: FlagParametersForType<ConvertFlags> = {
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'where to; the ending tells the format, - is standard output',
    placeholder: 'FILE',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: FORMATS,
    brief: 'the format: proto, folded, speedscope, callgrind, svg, html',
    placeholder: 'FORMAT',
    optional: true,
  },
  sampleType: {
    kind: 'parsed',
    parse: String,
    brief: 'what to write, by name or number, where the format holds one; else what it shows first',
    placeholder: 'NAME',
    optional: true,
  },
}

export const spec: CommandSpec<ConvertFlags> = {
  name: 'convert',
  summary: 'a profile as a file of another format',
  args: 'IN... -o OUT',
  flags,
  aliases: { o: 'output' },
  groups: [['Flags', ['output', 'format', 'sampleType']]],
  examples: [
    ['goscope convert cpu.pb.gz -o cpu.folded', 'folded stacks, a line for each'],
    ['goscope convert heap.pb.gz -o heap.speedscope.json', 'for speedscope, all sample types'],
    ['perf script | goscope convert - -o perf.pb.gz', 'what perf recorded, as a profile'],
    ['goscope convert t1.pb.gz t2.pb.gz -o all.pb.gz', 'several profiles added up'],
  ],
  notes: [
    'By the ending: .pb.gz and .pb (profile.proto, packed and plain), .folded and .txt, .speedscope.json and ' +
      '.json, callgrind.out* and .callgrind, .svg and .html (flame graphs). A further .gz packs the file. What ' +
      'the format cannot hold is said on standard error.',
  ],
}

const ENDINGS: readonly (readonly [RegExp, Target])[] = [
  [/(^|[\\/])callgrind\.out[^\\/]*$/i, 'callgrind'],
  [/\.callgrind$/i, 'callgrind'],
  [/\.(pb|pprof|prof)$/i, 'proto'],
  [/\.(folded|collapsed|txt)$/i, 'folded'],
  [/\.json$/i, 'speedscope'],
  [/\.svg$/i, 'svg'],
  [/\.html?$/i, 'html'],
]

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  needSources(spec, args)
  const output = given.output
  if (output === undefined)
    throw new UserError('no output given; say where to: -o cpu.folded, or -o - --format folded')
  const { target, packed } = targetOf(output, given.format)
  if (packed && (output === '-' || output === '') && isTerminal(1))
    throw new UserError('packed bytes are not for a terminal; send them to a file or a pipe')
  const made = await make(target, args, given.sampleType ?? '')
  const bytes = packed ? await writePacked(output, made.write) : writeOutput(output, made.write)
  for (const text of made.remarks) remark('convert', text)
  reportWritten(output, bytes, made.what)
  return 0
}

function targetOf(output: string, format: Target | undefined): { target: Target; packed: boolean } {
  const toStdout = output === '-' || output === ''
  const packed = /\.gz$/i.test(output)
  const name = packed ? output.slice(0, -3) : output
  const target = format ?? ENDINGS.find(([ending]) => ending.test(name))?.[1]
  if (target === undefined)
    throw new UserError(
      toStdout
        ? `-o - needs --format: ${FORMATS.join(', ')}`
        : `-o ${output}: the ending tells no format; say --format ${FORMATS.join(', ')}`,
    )
  // profile.proto is packed unless the name says that it is not.
  return { target, packed: packed || (target === 'proto' && !/\.pb$/i.test(output)) }
}

/** What will be written. */
interface Made {
  readonly write: (write: Write) => void
  /** e.g. "712 samples" */
  readonly what: string
  readonly remarks: readonly string[]
}

async function make(target: Target, sources: readonly string[], sampleType: string): Promise<Made> {
  if (target === 'proto') return makeProto(sources, sampleType)
  // The others hold what reports show: names demangled, the frames that the profile itself declares to be noise left out.
  const o = await openReport('convert', { sampleType, by: 'addresses' }, sources)
  printRemarks(o, 'convert')
  const p = o.profile
  const value = o.report.options.value
  const tool = { name: 'goscope', version: packageVersion() }
  const stacks = countOf(p.samples.count, 'sample')
  const pieces =
    (all: Iterable<Uint8Array>) =>
    (write: Write): void => {
      for (const piece of all) write(piece)
    }
  switch (target) {
    case 'folded':
      return {
        write: pieces((await folded.load()).encode!(p, { sampleType: value, tool })),
        what: stacks,
        remarks: lost('folded stacks', [otherTypes(p, value), labels(p), places(p), times(p)]),
      }
    case 'speedscope':
      return {
        write: pieces((await speedscope.load()).encode!(p, { sampleType: value, tool })),
        what: stacks,
        remarks: lost('speedscope', [labels(p), addresses(p), times(p)]),
      }
    case 'callgrind': {
      const command = { name: 'callgrind', kind: REPORTS.callgrind }
      const config = { ...defaultConfig(), sampleIndex: sampleType }
      const report = prepareReport(p, command, config, { zones: localZone(), warn: () => undefined })
      const makeReport = await command.kind.load()
      return {
        write: (write) => makeReport(report, { text: write, bytes: write }),
        what: stacks,
        remarks: lost('callgrind', [
          otherTypes(p, value),
          labels(p),
          'whole stacks (calls are kept)',
          times(p),
        ]),
      }
    }
    default: {
      const { flameFile } = await import('../people/flame-file.ts')
      const { doc, text } = await flameFile(o, target, { by: 'function', inverted: false })
      const left = leftOutNotice(doc)
      return {
        write: (write) => write(text),
        what: countOf(doc.tree.count - 1, 'frame'),
        remarks: [
          ...lost('a flame graph', [otherTypes(p, value), labels(p), addresses(p), times(p)]),
          ...(left === '' ? [] : [left]),
        ],
      }
    }
  }
}

/** profile.proto holds everything, so nothing is changed on the way but what merging changes. */
async function makeProto(sources: readonly string[], sampleType: string): Promise<Made> {
  if (sources.filter((s) => s === '-').length > 1)
    throw new UserError('standard input (-) can be read only once')
  const remarks: string[] = []
  const profiles: Profile[] = []
  for (const source of sources) {
    try {
      const loaded = await readProfile(source, { symbols: true })
      profiles.push(loaded.profile)
      for (const x of loaded.problems)
        remarks.push(`${source}: ${x.message}${x.count > 1 ? ` (${x.count} times)` : ''}`)
    } catch (e) {
      throw sourceProblem(source, e)
    }
  }
  let p = profiles.length === 1 ? profiles[0]! : merged(profiles)
  if (sampleType !== '') {
    let type: string
    try {
      type = p.sampleTypes[selectSampleType(p, sampleType)]!.type
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      throw new UserError(
        `--sample-type ${sampleType}: must be one of ${p.sampleTypes.map((t) => t.type).join(', ')}`,
      )
    }
    p = { ...p, defaultSampleType: type }
  }
  return {
    write: (write) => {
      for (const piece of encodeProfile(p)) write(piece)
    },
    what: countOf(p.samples.count, 'sample'),
    remarks,
  }
}

function merged(profiles: readonly Profile[]): Profile {
  try {
    return mergeProfiles(harmonize(profiles))
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    throw new UserError(`the profiles do not go together: ${e.message}`)
  }
}

/** Packs while writing on other threads, then puts the pieces in place. */
async function writePacked(output: string, make: (write: Write) => void): Promise<number> {
  const { GzipSink } = await import('../../gzip-sink.ts')
  const sink = new GzipSink()
  make((piece) => (typeof piece === 'string' ? sink.text(piece) : sink.bytes(piece)))
  const pieces: Uint8Array[] = []
  for await (const piece of sink.finish()) pieces.push(piece)
  return writeOutput(output, (write) => {
    for (const piece of pieces) write(piece)
  })
}

function lost(format: string, what: readonly string[]): string[] {
  const things = what.filter((s) => s !== '')
  return things.length === 0 ? [] : [`not held by ${format}: ${things.join('; ')}`]
}

function otherTypes(p: Profile, value: number): string {
  const others = p.sampleTypes.filter((_, k) => k !== value).map((t) => t.type)
  const kept = p.sampleTypes[value]!.type
  return others.length === 0
    ? ''
    : `other sample types (${others.join(', ')}; ${kept} is kept, see --sample-type)`
}

function labels(p: Profile): string {
  let n = 0
  for (const set of p.samples.labelSet) if (set !== 0) n++
  return n === 0 ? '' : `labels of ${countOf(n, 'sample')}`
}

function addresses(p: Profile): string {
  return p.locations.address.f.some((v) => v !== 0) ? 'addresses' : ''
}

function places(p: Profile): string {
  const lines = p.lines.line.f.some((v) => v !== 0) || p.functions.filename.some((id) => id !== 0)
  const at = addresses(p)
  return lines ? `${at === '' ? '' : 'addresses, '}files and lines` : at
}

function times(p: Profile): string {
  const parts = [
    p.timeNanos !== 0 ? 'time' : '',
    p.durationNanos !== 0 ? 'duration' : '',
    p.period !== 0 ? 'period' : '',
  ]
  return parts.filter((s) => s !== '').join(', ')
}
