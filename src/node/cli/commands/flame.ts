// `goscope flame`: the call tree as an icicle in the terminal, or as an SVG or HTML file to zoom and search in.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { countOf, type FlameDoc, leftOutNotice } from '../../../core/reports/flame.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { LIVE_GROUP, type ReportFlags, reportFlags } from '../people/flags.ts'
import { flameFile, flameOf } from '../people/flame-file.ts'
import { headLines, printRemarks } from '../people/head.ts'
import { jsonHead, jsonInt, jsonText } from '../people/json.ts'
import { type OpenedReport, openReport } from '../people/open-report.ts'
import { paint, type Style, styleFor } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { remark, reportWritten, type Write, writeOutput } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'

const FORMATS = ['text', 'svg', 'html', 'json'] as const
type FlameFormat = (typeof FORMATS)[number]

interface FlameFlags extends Omit<ReportFlags, 'by' | 'cum' | 'flat' | 'limit' | 'unit'> {
  readonly by?: 'functions' | 'lines'
  readonly inverted?: boolean
  readonly depth?: number
  readonly output?: string
  readonly format?: FlameFormat
}

const { cum: _cum, flat: _flat, limit, unit: _unit, by: _by, ...shared } = reportFlags

const flags: FlagParametersForType<FlameFlags> = {
  ...shared,
  by: {
    kind: 'enum',
    values: ['functions', 'lines'],
    brief: 'a frame for each function, or for each line of it',
    placeholder: 'WHAT',
    optional: true,
  },
  inverted: {
    kind: 'boolean',
    brief: 'from the leaves to their callers: who calls what takes time itself',
    optional: true,
    withNegated: false,
  },
  depth: { ...limit, brief: `rows of frames in the terminal, 0 for all (otherwise 40)` },
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'write a file; .svg, .html or .json at its end tell the form',
    placeholder: 'FILE',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: FORMATS,
    brief: 'the form: text, svg, html or json',
    placeholder: 'FORM',
    optional: true,
  },
}

export const spec: CommandSpec<FlameFlags> = {
  name: 'flame',
  summary: 'the call tree as a flame graph, in the terminal or as a file',
  args: 'SRC...',
  flags,
  aliases: { o: 'output' },
  groups: [
    ['What is shown', ['sampleType', 'inverted', 'by', 'noInlines', 'depth']],
    ['Which samples and frames', ['focus', 'ignore', 'hide', 'show', 'showFrom', 'pruneFrom']],
    ['Labels', ['tagFocus', 'tagIgnore', 'tagRoot', 'tagLeaf']],
    ['Differences', ['base', 'diffBase']],
    LIVE_GROUP,
    ['Output', ['output', 'format', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope flame cpu.pb.gz', 'in the terminal, as wide as it is'],
    [
      'goscope flame -o cpu.html cpu.pb.gz',
      'one file to zoom and search in; it loads nothing from elsewhere',
    ],
    ['goscope flame --inverted --focus mallocgc -o alloc.svg cpu.pb.gz', 'who allocates, as an SVG'],
    ['goscope flame --base heap-1.pb.gz -o growth.html heap-2.pb.gz', 'what grew and what shrank in between'],
  ],
  notes: [
    'A frame is as wide as what it and all that it calls took; the root is on top. Colours say whose code it ' +
      'is. In a difference what was taken away lies on the left of the middle line, what was added on the right.',
  ],
}

/** Rows under the root on a terminal, unless --depth says otherwise. */
const DEPTH = 40

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  needSources(spec, args)
  const format = formatOf(given)
  const { by, ...report } = given
  // Files and lines are wanted for the details whatever tells frames apart.
  const o = await openReport('flame', { ...report, by: 'addresses' }, args)
  printRemarks(o, 'flame')
  const output = given.output ?? ''
  const options = { by: by === 'lines' ? 'line' : 'function', inverted: given.inverted ?? false } as const
  if (format === 'text') {
    const { colourDepth, flameCells, flameHint, flameLines } = await import('../people/flame-terminal.ts')
    const style = terminalStyle(given, output)
    const doc = flameOf(o, { ...options, maxRows: 200_000, leastShare: 0.5 / flameCells(style) })
    const depth = given.depth ?? DEPTH
    const lines = [
      ...headLines(style, o, []),
      ...flameLines(style, doc, { depth, colours: colourDepth(process.env) }),
      ...(style.bars && output === ''
        ? wrapLines(style, flameHint(doc)).map((l) => paint(style, 'quiet', l))
        : []),
    ]
    if (output === '') writeLines(lines)
    else writeOutput(output, (write) => write(`${lines.join('\n')}\n`))
    return 0
  }
  if (format === 'json') {
    const doc = flameOf(o, { ...options, maxRows: Number.POSITIVE_INFINITY })
    writeOutput(output, (write) => writeFlameJson(o, doc, write))
    return 0
  }
  const { doc, text } = await flameFile(o, format, options)
  const bytes = writeOutput(output, (write) => write(text))
  if (output !== '') {
    const left = leftOutNotice(doc)
    if (left !== '') remark('flame', left)
    reportWritten(output, bytes, countOf(doc.tree.count - 1, 'frame'))
  }
  return 0
}

function formatOf(f: Partial<FlameFlags>): FlameFormat {
  if (f.format !== undefined) {
    if (f.json && f.format !== 'json')
      throw new UserError(`--json and --format ${f.format} exclude each other`)
    return f.format
  }
  if (f.json) return 'json'
  if (f.output === undefined || f.output === '-') return 'text'
  const ending = /\.(svg|html?|json|txt)$/i.exec(f.output)?.[1]?.toLowerCase()
  if (ending === undefined)
    throw new UserError(`-o ${f.output}: end it in .svg, .html, .json or .txt, or say --format`)
  return ending === 'txt' ? 'text' : ending === 'htm' ? 'html' : (ending as FlameFormat)
}

/** A file gets neither colours nor a width of its own unless they are asked for. */
function terminalStyle(f: Partial<FlameFlags>, output: string): Style {
  const style = styleFor(f)
  if (output === '' || output === '-') return style
  return { ...style, color: f.color === 'always', width: f.width ?? Number.POSITIVE_INFINITY }
}

/** goscope.flame/1: the whole tree as columns, parents before children. Written in pieces: it may be large. */
function writeFlameJson(o: OpenedReport, doc: FlameDoc, write: Write): void {
  const { tree, profile } = doc
  const { frames } = tree
  const names = (ids: Uint32Array): string[] => Array.from(ids, (id) => jsonText(profile.strings.get(id)))
  const head = {
    ...jsonHead('goscope.flame/1', o),
    by: `${doc.by}s`,
    inverted: doc.inverted,
    frame: { name: names(frames.name), file: names(frames.file), line: [...frames.line] },
  }
  write(JSON.stringify(head).slice(0, -1))
  write(',"node":{')
  const column = (name: string, at: (row: number) => number | string, last = false): void => {
    write(`"${name}":[`)
    let piece: string[] = []
    for (let row = 0; row < tree.count; row++) {
      const v = at(row)
      piece.push(typeof v === 'string' ? `"${v}"` : String(v))
      if (piece.length === 16384 || row === tree.count - 1) {
        write(`${piece.join(',')}${row === tree.count - 1 ? '' : ','}`)
        piece = []
      }
    }
    write(last ? ']' : '],')
  }
  column('parent', (row) => tree.parent[row]!)
  column('frame', (row) => tree.frame[row]!)
  column('inlined', (row) => tree.inlined[row]!)
  column('self', (row) => jsonInt(tree.self.get(row)))
  column('total', (row) => jsonInt(tree.total.get(row)), true)
  write('}}\n')
}
