// `goscope heapdump`: what holds the memory, from the output of debug.WriteHeapDump.

import type { FlagParametersForType } from '@stricli/core'
import { analyseHeap, type HeapAnalysis, type HeapNames } from '../../../core/analysis/heap/analyse.ts'
import { compareHeaps, type HeapSummary, summarizeHeap } from '../../../core/analysis/heap/compare.ts'
import { DuplicateFinder, type Duplicates } from '../../../core/analysis/heap/duplicates.ts'
import type { HeapTypes } from '../../../core/analysis/heap/heap-types.ts'
import { DecodeError, type Problem, UserError } from '../../../core/base/errors.ts'
import { decodeUtf8 } from '../../../core/base/utf8.ts'
import { HprofEncoder } from '../../../core/formats/heapdump/hprof-encode.ts'
import { HeapDumpDecoder, HeapDumpReader, type Memory } from '../../../core/formats/heapdump/index.ts'
import { detectFormat, SNIFF_BYTES } from '../../../core/formats/index.ts'
import type { HeapDump } from '../../../core/model/heap-dump.ts'
import { HEAP_DOT_BOXES, heapDot } from '../../../core/reports/heap-dot.ts'
import { hprofSource } from '../../../core/reports/heap-hprof.ts'
import { buildHeapReport } from '../../../core/reports/heap-report.ts'
import { readChunks } from '../../read-bytes.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { flag, number, text } from '../people/flag-kinds.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { styleFor } from '../people/style.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'
import { comparisonJson, heapJson } from './heapdump-json.ts'
import { comparisonLines, heapLines } from './heapdump-lines.ts'
import { ProgressLine } from './heapdump-progress.ts'

interface HeapDumpFlags extends OutputFlags {
  readonly binary?: string
  readonly dot?: boolean
  readonly hprof?: boolean
  readonly output?: string
  readonly limit?: number
  readonly noDuplicates?: boolean
}

const flags: FlagParametersForType<HeapDumpFlags> = {
  ...outputFlags,
  binary: text('the program that wrote the dump: names of variables and types', 'BIN'),
  dot: flag('the heaviest part of the dominator tree for Graphviz'),
  hprof: flag('the dump as Java’s HPROF 1.0.2, for VisualVM and other Java heap tools'),
  output: text('where --dot and --hprof write to, - is standard output', 'FILE'),
  limit: number('most rows, 0 for all'),
  noDuplicates: flag('do not look for equal strings and buffers, which reads the file twice'),
}

export const spec: CommandSpec<HeapDumpFlags> = {
  name: 'heapdump',
  summary: 'what holds the memory, from debug.WriteHeapDump',
  args: 'FILE [NEWER]',
  flags,
  aliases: { n: 'limit', o: 'output' },
  groups: [
    ['What is shown', ['binary', 'limit', 'noDuplicates']],
    ['Other forms', ['dot', 'hprof', 'output']],
    ['Output', ['json', 'color', 'width']],
  ],
  examples: [
    ['goscope heapdump heapdump.bin', 'largest holders, kinds of objects, duplicates, finalizers'],
    ['goscope heapdump --binary ./server heapdump.bin', 'the same with names of variables and types'],
    ['goscope heapdump --binary ./server old.bin new.bin', 'what grew from one dump to the next'],
    ['goscope heapdump --dot heapdump.bin | dot -Tsvg > heap.svg', 'as a picture'],
    ['goscope heapdump --hprof -o heap.hprof heapdump.bin', 'for a Java heap tool'],
  ],
  notes: [
    'Retained is what would be free if the object or variable went away. An object that several hold counts for ' +
      'none of them; it stands in the list by itself, with the shortest way to it.',
    'Heap dumps of Go 1.4 and newer are read. They carry no types: with --binary these are found through debug ' +
      'information, so the binary must not be stripped (-ldflags -w).',
  ],
}

/** Rows of each table. */
const LIMIT = 12

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const [file, newer] = args
  if (file === undefined)
    throw new UserError('no FILE given; usage: goscope heapdump FILE [NEWER] (see goscope help heapdump)')
  if (args.length > 2) throw new UserError('at most two dumps can be compared')
  if (flags.dot && flags.hprof) throw new UserError('--dot and --hprof exclude each other')
  if (newer !== undefined && (flags.dot || flags.hprof))
    throw new UserError('--dot and --hprof take one dump')
  if (flags.output !== undefined && !flags.dot && !flags.hprof)
    throw new UserError('-o goes with --dot or --hprof')
  const progress = new ProgressLine()
  try {
    if (newer !== undefined) return await compare(flags, file, newer, progress)
    if (flags.hprof) return await writeHprof(flags, file, progress)
    if (flags.dot) return await writeDot(flags, file, progress)
    return await show(flags, file, progress)
  } finally {
    progress.clear()
  }
}

interface Loaded {
  readonly analysis: HeapAnalysis
  readonly problems: readonly Problem[]
}

/** Reads and analyses a dump; what is wrong with it goes to standard error. */
async function load(
  flags: Partial<HeapDumpFlags>,
  file: string,
  progress: ProgressLine,
  lengths: boolean,
): Promise<Loaded> {
  const { dump, problems } = await readDump(file, progress, flags.binary !== undefined, lengths)
  progress.clear()
  for (const p of problems) remark('heapdump', `${file}: ${p.message} at byte ${p.offset}`)
  let found: { names: HeapNames; types: HeapTypes } | undefined
  if (flags.binary !== undefined) {
    progress.say('reading types')
    const { heapTypesFrom } = await import('./heapdump-binary.ts')
    found = await heapTypesFrom(flags.binary, dump, (text) => {
      progress.clear()
      remark('heapdump', text)
    })
  }
  dump.contents?.release()
  const analysis = analyseHeap(dump, found?.names, found?.types, (what) => progress.say(what))
  progress.clear()
  return { analysis, problems }
}

/** Bytes that tell what a file is that is no dump. */
const HEAD = 1 << 16

async function readDump(
  file: string,
  progress: ProgressLine,
  contents: boolean,
  lengths: boolean,
): Promise<{ dump: HeapDump; problems: readonly Problem[] }> {
  let decoder: HeapDumpDecoder | undefined
  let head = new Uint8Array(0)
  let size = -1
  try {
    for await (const chunk of readChunks(file, { progress: (read, of) => take(read, of) })) {
      if (decoder === undefined) {
        head = chunk.slice(0, HEAD)
        decoder = new HeapDumpDecoder({ contents, lengths, ...(size > 0 && { expectedBytes: size }) })
      }
      decoder.feed(chunk)
    }
    decoder ??= new HeapDumpDecoder()
    return decoder.done()
  } catch (e) {
    // Packed data that ends early: what was unpacked counts.
    if (e instanceof DecodeError && e.format !== 'heapdump' && decoder !== undefined) {
      const { dump, problems } = decoder.done()
      return { dump, problems: [{ message: e.message, offset: e.offset, count: 1 }, ...problems] }
    }
    if (e instanceof DecodeError) throw new UserError(notADump(file, head, e))
    throw e
  }

  function take(read: number, of: number): void {
    size = of
    progress.say('reading', of > 0 ? read / of : undefined)
  }
}

/** Why a file is no dump: mostly it is something near to one. */
function notADump(file: string, head: Uint8Array, e: DecodeError): string {
  const start = decodeUtf8(head)
  const name = file === '-' ? 'standard input' : file
  if (/dumpgs in STW - bad status/.test(start)) {
    const status = /unexpected G\.status (0x[0-9a-f]+)/.exec(start)?.[1]
    const leaked = status === '0xa' ? ' (leaked: a goroutineleak profile was taken before)' : ''
    return (
      `${name}: this is no heap dump but the crash of one: debug.WriteHeapDump of Go 1.26 ends the program when a ` +
      `goroutine has a status it does not know${status === undefined ? '' : `, here ${status}`}${leaked}. Take the ` +
      'heap dump before any goroutineleak profile; goscope goroutines reads this text'
    )
  }
  if (/^(fatal error: |panic: |runtime: |goroutine \d+ )/m.test(start))
    return `${name}: this is a crash or goroutine dump, no heap dump; goscope goroutines reads it`
  if (detectFormat(head.subarray(0, SNIFF_BYTES), '') !== undefined)
    return `${name}: this is a profile, not a heap dump; goscope top reads it`
  return `${name}: ${e.message}${e.offset > 0 ? ` at byte ${e.offset}` : ''}`
}

/** Calls `take` for each object of the dump with its row, reading the file once more. */
async function eachObject(
  file: string,
  dump: HeapDump,
  progress: ProgressLine,
  what: string,
  take: (object: number, memory: Memory) => void,
): Promise<void> {
  let object = 0
  const reader = new HeapDumpReader({
    object(m) {
      // The same rows as when the dump was decoded.
      if (m.size === 0 || Number.isNaN(m.address) || object >= dump.objects.count) return
      take(object++, m)
    },
  })
  try {
    for await (const chunk of readChunks(file, {
      progress: (read, of) => progress.say(what, of > 0 ? read / of : undefined),
    })) {
      reader.feed(chunk)
      if (object >= dump.objects.count) break
    }
    if (object < dump.objects.count) reader.finish()
  } catch (e) {
    // Said when it was read first.
    if (!(e instanceof DecodeError)) throw e
  }
  progress.clear()
  if (object !== dump.objects.count) throw new UserError(`${file}: changed while it was read`)
}

async function show(flags: Partial<HeapDumpFlags>, file: string, progress: ProgressLine): Promise<number> {
  const twice = !flags.noDuplicates && file !== '-'
  const { analysis, problems } = await load(flags, file, progress, twice)
  let duplicates: Duplicates | undefined
  const limit = flags.limit ?? (flags.json ? 0 : LIMIT)
  if (twice) {
    const finder = new DuplicateFinder(analysis.dump, analysis.graph)
    await eachObject(file, analysis.dump, progress, 'looking for duplicates', (object, m) =>
      finder.add(object, m.bytes, m.from, m.size),
    )
    duplicates = finder.done(limit === 0 ? DUPLICATES : limit)
  }
  const report = buildHeapReport(analysis, duplicates, {
    limit: flags.json && limit === 0 ? JSON_ROWS : limit,
  })
  if (flags.json) writeLines([JSON.stringify(heapJson(file, analysis, report, problems), null, 2)])
  else writeLines(heapLines(styleFor(flags), file, analysis, report, limit))
  return 0
}

/** Groups of duplicates at most: contents of so many are kept while they are looked for. */
const DUPLICATES = 1000
/** Rows of lists in JSON without --limit, which in a large heap are millions. */
const JSON_ROWS = 1000

async function compare(
  flags: Partial<HeapDumpFlags>,
  older: string,
  newer: string,
  progress: ProgressLine,
): Promise<number> {
  const summaryOf = async (file: string): Promise<HeapSummary> =>
    summarizeHeap((await load(flags, file, progress, false)).analysis)
  const before = await summaryOf(older)
  const after = await summaryOf(newer)
  const c = compareHeaps(before, after)
  const limit = flags.limit ?? (flags.json ? 0 : LIMIT)
  if (flags.json) writeLines([JSON.stringify(comparisonJson(older, newer, c, limit), null, 2)])
  else writeLines(comparisonLines(styleFor(flags), older, newer, c, limit))
  return 0
}

async function writeDot(
  flags: Partial<HeapDumpFlags>,
  file: string,
  progress: ProgressLine,
): Promise<number> {
  const { analysis } = await load(flags, file, progress, false)
  const boxes = flags.limit === undefined ? HEAP_DOT_BOXES : flags.limit || Number.POSITIVE_INFINITY
  const text = heapDot(analysis, { title: file, boxes })
  const path = flags.output ?? ''
  const bytes = writeOutput(path, (write) => write(text))
  reportWritten(path, bytes, 'the dominator tree for Graphviz')
  return 0
}

async function writeHprof(
  flags: Partial<HeapDumpFlags>,
  file: string,
  progress: ProgressLine,
): Promise<number> {
  if (file === '-')
    throw new UserError('--hprof reads the dump twice, so it must be a file and not standard input')
  const path = flags.output ?? ''
  if (path === '' && process.stdout.isTTY)
    throw new UserError('--hprof writes binary data; name a file with -o, or - for standard output')
  const { analysis } = await load(flags, file, progress, false)
  // Contents are not kept, so they are written while the dump is read once more.
  const { writeFileLater } = await import('./heapdump-output.ts')
  const written = await writeFileLater(path, async (write) => {
    const encoder = new HprofEncoder(hprofSource(analysis), write)
    encoder.begin(Date.now())
    await eachObject(file, analysis.dump, progress, 'writing', (object, m) => encoder.object(object, m))
    encoder.end()
    if (encoder.cut > 0)
      remark('heapdump', `${encoder.cut} objects are cut: Java’s arrays have at most 2^31 elements`)
  })
  reportWritten(path, written, 'HPROF 1.0.2')
  return 0
}
