// `goscope goroutines`: dumps, crash reports and goroutine profiles, grouped, compared and explained.

import type { FlagParametersForType } from '@stricli/core'
import { SIMILARITIES, type Similarity } from '../../../core/analysis/goroutines/groups.ts'
import type { GoroutineFilter } from '../../../core/analysis/goroutines/select.ts'
import { UserError } from '../../../core/base/errors.ts'
import { engineFor } from '../../../core/base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../../core/base/regexp.ts'
import { loadGoroutines } from '../goroutines/load.ts'
import { type Look, lookAt } from '../goroutines/look.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import { flag, text, texts } from '../people/flag-kinds.ts'
import {
  LIVE_GROUP,
  type LiveFlags,
  liveFlags,
  liveOptions,
  type OutputFlags,
  outputFlags,
} from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import { sourceNames } from '../people/source-names.ts'
import { safeName, styleFor } from '../people/style.ts'
import { remark } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'

interface GoroutineFlags extends OutputFlags, LiveFlags {
  readonly by?: Similarity
  readonly focus?: readonly string[]
  readonly ignore?: readonly string[]
  readonly state?: readonly string[]
  readonly label?: readonly string[]
  readonly minWait?: number
  readonly goid?: readonly number[]
  readonly stacks?: boolean
  readonly creators?: boolean
  readonly explain?: boolean
  readonly flame?: boolean
  readonly output?: string
  readonly limit?: number
}

function minutes(given: string): number {
  const m = /^(\d{1,6})(m|min|h|d)?$/.exec(given)
  if (m === null) throw new UserError('must be minutes: 5, 5m, 2h or 1d')
  return Number(m[1]) * ({ h: 60, d: 1440 }[m[2] ?? ''] ?? 1)
}

function whole(given: string): number {
  if (!/^\d{1,15}$/.test(given)) throw new UserError('must be a whole number')
  return Number(given)
}

const flags: FlagParametersForType<GoroutineFlags> = {
  ...outputFlags,
  ...liveFlags,
  by: {
    kind: 'enum',
    values: SIMILARITIES,
    brief:
      'what makes stacks alike: arguments, lines (the default), functions, or user (the program’s own functions)',
    placeholder: 'WHAT',
    optional: true,
  },
  focus: texts('only goroutines with a function or file that matches', 'REGEXP'),
  ignore: texts('no goroutines with a function or file that matches', 'REGEXP'),
  state: texts('only goroutines whose state matches, such as "chan send"', 'REGEXP'),
  label: texts('only goroutines with a label whose key=value matches', 'REGEXP'),
  minWait: {
    kind: 'parsed',
    parse: minutes,
    brief: 'only goroutines that have waited so long: 5, 5m or 2h',
    placeholder: 'MINUTES',
    optional: true,
  },
  goid: {
    kind: 'parsed',
    parse: whole,
    brief: 'only this goroutine, with its stack',
    placeholder: 'N',
    optional: true,
    variadic: true,
  },
  stacks: flag('print the stack of each group'),
  creators: flag('show who started goroutines'),
  explain: flag('say what each state means'),
  flame: flag('a flame graph of the goroutines, in the terminal or with -o as a file'),
  output: text('with --flame: the file to write, .svg or .html', 'FILE'),
  limit: { kind: 'parsed', parse: whole, brief: 'most rows, 0 for all', placeholder: 'N', optional: true },
}

export const spec: CommandSpec<GoroutineFlags> = {
  name: 'goroutines',
  summary: 'goroutine dumps and crashes: groups, leaks, who blocks whom',
  args: 'SRC...',
  flags,
  aliases: { n: 'limit', o: 'output' },
  groups: [
    ['What is shown', ['by', 'stacks', 'creators', 'explain', 'limit', 'flame']],
    ['Which goroutines', ['focus', 'ignore', 'state', 'label', 'minWait', 'goid']],
    [LIVE_GROUP[0], [...LIVE_GROUP[1]]],
    ['Output', ['output', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope goroutines localhost:6060', 'a running program, now'],
    ['goscope goroutines crash.log', 'what crashed, where, and what the others did'],
    ['goscope goroutines dump-1.txt dump-2.txt', 'what grew, what is stuck, what is new and gone'],
    [
      'goscope goroutines --state "chan|select" --min-wait 10 --stacks dump.txt',
      'who has waited for long, and where',
    ],
    ['goscope convert dump.txt -o goroutines.pb.gz', 'the dump as a profile, for every other command'],
  ],
  notes: [
    'Read are dumps (debug=2, kill -QUIT, runtime.Stack), panics, fatal errors, reports of the race detector, and ' +
      'goroutine profiles (debug=1, profile.proto), also from the middle of a log and behind the prefixes of Docker, ' +
      'Kubernetes and the journal. Waiting times are whole minutes, as the runtime prints them.',
    'Two sources, or one with several dumps, are compared; the groups are then those of the last dump.',
    'Who holds a lock stands in no dump. What is said of it comes from arguments and places, with how sure that is.',
  ],
}

/** Groups without --limit. */
const LIMIT = 20

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  needSources(spec, args)
  if (given.output !== undefined && !given.flame)
    throw new UserError('-o goes with --flame; goscope convert writes a dump as a profile')
  const filter = await filterOf(given)
  const names = await sourceNames(args)
  const loaded = await loadGoroutines(args, { live: liveOptions(given) })
  const named = { ...loaded, sources: loaded.sources.map((s, k) => ({ ...s, source: names[k]! })) }
  const look = lookAt(named, filter, given.by ?? 'lines')
  printProblems(look)
  if (given.flame) {
    const { writeGoroutineFlame } = await import('../goroutines/flame.ts')
    await writeGoroutineFlame(styleFor(given), look, names.join(', '), given.output ?? '')
    return 0
  }
  if (given.json) {
    const { goroutinesJson } = await import('../goroutines/json.ts')
    writeJson(goroutinesJson(look, names, given.limit ?? 0))
    return 0
  }
  const { goroutineLines } = await import('../goroutines/view.ts')
  writeLines(
    goroutineLines(styleFor(given), look, {
      limit: given.limit ?? LIMIT,
      stacks: given.stacks ?? given.goid !== undefined,
      creators: given.creators ?? false,
      explain: given.explain ?? false,
    }),
  )
  return 0
}

async function filterOf(f: Partial<GoroutineFlags>): Promise<GoroutineFilter> {
  const patterns = [f.focus, f.ignore, f.state, f.label].flatMap((p) => p ?? [])
  let engine: Awaited<ReturnType<typeof engineFor>>
  try {
    engine = await engineFor(patterns)
    const anyOf = (p: readonly string[] | undefined): ((text: string) => boolean) | undefined => {
      if (p === undefined) return undefined
      const tests = p.map((one) => compileRegexp(one, engine))
      return (text) => tests.some((t) => t.test(text))
    }
    const [focus, ignore, state, label] = [f.focus, f.ignore, f.state, f.label].map(anyOf)
    return {
      ...(focus && { focus }),
      ...(ignore && { ignore }),
      ...(state && { state }),
      ...(label && { label }),
      ...(f.minWait !== undefined && { minMinutes: f.minWait }),
      ...(f.goid !== undefined && { goids: new Set(f.goid) }),
    }
  } catch (e) {
    if (e instanceof RegexpError) throw new UserError(`a pattern is no regular expression: ${e.message}`)
    throw e
  }
}

/** Lines that were not understood, and other problems, on standard error. */
function printProblems(look: Look): void {
  for (const s of look.sources) {
    const strange = s.lines?.strange
    if (strange !== undefined && strange.count > 0) {
      const [first] = strange.first
      const lines = strange.count === 1 ? '1 line' : `${strange.count} lines`
      remark(
        'goroutines',
        `${s.source}: ${lines} inside of stacks not understood, the first at byte ${first!.offset}: ${first!.text.slice(0, 120)}`,
      )
    }
    for (const p of s.problems)
      remark('goroutines', `${s.source}: ${p.message}${p.count > 1 ? ` (${p.count} times)` : ''}`)
  }
  if (look.total === 0 && look.unfiltered > 0)
    remark('goroutines', safeName('the filters leave no goroutine'))
}
