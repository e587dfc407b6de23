// `goscope allocs`: what a log says of allocations, one by one.

import { allocReport } from '../../../core/analysis/alloc-log/report.ts'
import { allocLines } from '../people/alloc-lines.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { jsonText, writeJson } from '../people/json.ts'
import { LOG_GROUPS, type LogFlags, logFlags } from '../people/log-flags.ts'
import { csvText, logJson, nothingOf, printLogRemarks, readLogSource } from '../people/log-input.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<LogFlags> = {
  name: 'allocs',
  summary: 'what a log says of single allocations (allocfreetrace)',
  args: 'LOG',
  flags: logFlags,
  aliases: { n: 'limit' },
  groups: LOG_GROUPS.map(([title, keys]) => [title, keys.filter((k) => k !== 'process')] as const),
  examples: [
    ['GODEBUG=allocfreetrace=1 ./tool 2> allocs.log', 'every allocation and free (Go 1.1 to 1.21)'],
    ['goscope allocs allocs.log', 'by type, function and size; lifetimes; what was not freed'],
    ['goscope convert allocs.log -o allocs.pb.gz', 'as a heap profile, for top, flame and the rest'],
  ],
  notes: [
    'Go 1.22 took this trace out. Lines have no times: what passed is counted in allocations, in bytes, and in collections. ' +
      'The runtime frees when it sweeps, so what a log says was kept may be dead, and not swept yet.',
  ],
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const read = await readLogSource('allocs', args)
  const { allocs } = read.log
  if (allocs.allocations + allocs.frees === 0) throw nothingOf('allocations', read)
  printLogRemarks('allocs', read)
  const r = allocReport(allocs)
  if (flags.csv) writeLines(csv(r))
  else if (flags.json) writeJson(json(logJson('goscope.allocs/1', read), r, flags.limit ?? 0))
  else writeLines(allocLines(styleFor(flags), read, r, flags.limit ?? 10))
  return 0
}

type Report = ReturnType<typeof allocReport>

function* csv(r: Report): Generator<string> {
  yield 'type,size,objects,bytes,keptObjects,keptBytes,stack'
  for (const s of r.stacks) {
    const stack = s.frames.map((f) => `${f.name} ${f.file}:${f.line}`).join('; ')
    const numbers = [s.size, s.objects, s.bytes, s.keptObjects, s.keptBytes]
    yield [csvText(jsonText(s.type)), ...numbers, csvText(jsonText(stack))].join(',')
  }
}

function json(head: Record<string, unknown>, r: Report, limit: number): object {
  const cut = <T>(rows: readonly T[]): readonly T[] => (limit > 0 ? rows.slice(0, limit) : rows)
  const rows = (all: Report['types']): object[] =>
    cut(all).map((x) => ({ ...x, name: jsonText(x.name), place: jsonText(x.place) }))
  return {
    ...head,
    ...r,
    types: rows(r.types),
    sizes: cut(r.sizes).map(({ name, place: _, ...x }) => ({ size: Number(name), ...x })),
    functions: rows(r.functions),
    stacks: cut(r.stacks).map((s) => ({
      ...s,
      type: jsonText(s.type),
      frames: s.frames.map((f) => ({ ...f, name: jsonText(f.name), file: jsonText(f.file) })),
    })),
  }
}
