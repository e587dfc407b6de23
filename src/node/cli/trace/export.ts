// `goscope trace export`: a trace in the formats of other tools.

import { gzipSync } from 'node:zlib'
import { TIME_TYPES, type TimeType } from '../../../core/analysis/trace/cpu-time-profile.ts'
import type { ViewMode } from '../../../core/analysis/trace/viewer/selection.ts'
import { UserError } from '../../../core/base/errors.ts'
import { EXPORT_FORMATS, type ExportFormat, exportTrace } from '../../../core/engine/trace-export.ts'
import { damageText } from '../../../core/engine/trace-summary.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'
import { ofTrace, oneTrace } from './people-lines.ts'
import { SELECT_FLAGS, type SelectFlags } from './select-flags.ts'

interface ExportFlags extends SelectFlags {
  readonly output?: string
  readonly format?: ExportFormat
  readonly by?: 'proc' | 'thread' | 'goroutine'
  readonly type?: TimeType
  readonly system?: boolean
}

const FLAGS = {
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'the file, - for standard output; its ending tells the format',
    placeholder: 'FILE',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: EXPORT_FORMATS,
    brief: 'pprof (.pb.gz), folded (.folded), chrome (.json) or perfetto (.perfetto-trace)',
    placeholder: 'FORM',
    optional: true,
  },
  by: {
    kind: 'enum',
    values: ['proc', 'thread', 'goroutine'],
    brief: 'chrome: whose lanes (otherwise proc); pprof, folded: goroutine keeps goroutines apart',
    placeholder: 'WHAT',
    optional: true,
  },
  type: {
    kind: 'enum',
    values: TIME_TYPES,
    brief: 'folded: wall, on-cpu or off-cpu time (otherwise wall); pprof has all three',
    placeholder: 'TYPE',
    optional: true,
  },
  system: {
    kind: 'boolean',
    brief: "pprof, folded: waits of the runtime's own goroutines too",
    optional: true,
    withNegated: false,
  },
  ...SELECT_FLAGS,
} as const

export const spec: CommandSpec<ExportFlags> = {
  name: 'trace export',
  summary: 'a trace, or a part of it, in the formats of other tools',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { o: 'output' },
  groups: [
    ['Output', ['output', 'format', 'by', 'type', 'system']],
    ['Which part of the trace', ['from', 'to', 'goroutine', 'task', 'region', 'proc']],
  ],
  examples: [
    ['goscope trace export -o trace.perfetto-trace trace.out', 'to open in ui.perfetto.dev'],
    [
      'goscope trace export -o wall.pb.gz trace.out',
      'time on and off processors, for goscope top and go tool pprof',
    ],
    [
      'goscope trace export -o 1s.json --from 1s --to 1.1s trace.out',
      "a tenth of a second for Chromium's viewer",
    ],
    [
      'goscope trace export -o - --format folded --type off-cpu trace.out',
      'folded stacks to standard output',
    ],
  ],
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function runExport(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const { output, by, format: _, ...rest } = flags
  if (output === undefined)
    throw new UserError(`goscope ${spec.name}: -o FILE is wanted (- for standard output)`)
  const format = formatOf(flags)
  const packed = format === 'pprof'
  const lanes: ViewMode = by ?? 'proc'
  const size = await ofTrace(spec.name, source, (bytes, progress) =>
    writeOutput(output, (write) => {
      const pieces: Uint8Array[] = []
      const take = packed ? (piece: Uint8Array) => void pieces.push(piece) : write
      const options = { ...rest, format, lanes, byGoroutine: by === 'goroutine' }
      const damage = exportTrace(bytes, options, take, progress)
      if (packed) write(gzipSync(Buffer.concat(pieces)))
      if (damage !== undefined) {
        const { message, offset } = damageText(damage)
        remark(spec.name, `${source}: ${message} (at byte ${offset}); what came before is exported`)
      }
    }),
  )
  reportWritten(output, size, format)
  return 0
}

const ENDINGS: readonly (readonly [RegExp, ExportFormat])[] = [
  [/\.(pb\.gz|pprof|prof)$/i, 'pprof'],
  [/\.(folded|collapsed)$/i, 'folded'],
  [/\.json$/i, 'chrome'],
  [/\.(perfetto-trace|perfetto|pftrace)$/i, 'perfetto'],
]

function formatOf(f: Partial<ExportFlags>): ExportFormat {
  if (f.format !== undefined) return f.format
  const found = ENDINGS.find(([ending]) => ending.test(f.output ?? ''))
  if (found !== undefined) return found[1]
  throw new UserError(
    `goscope ${spec.name}: -o ${f.output}: end it in .pb.gz, .folded, .json or .perfetto-trace, or say --format`,
  )
}
