// The two sides of a comparison on the command line: BEFORE… -- AFTER…

import type { FlagParametersForType } from '@stricli/core'
import type { Change, Measure } from '../../../core/analysis/compare/compare.ts'
import { UserError } from '../../../core/base/errors.ts'
import { captureMeasures, type MeasureOptions } from '../../../core/engine/capture-measures.ts'
import { readCapture } from '../../capture/read-capture.ts'
import { type CommandDescription, typedFlag } from './command-spec.ts'
import { flag, text } from './flag-kinds.ts'
import { jsonText } from './json.ts'

export interface Sides {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The arguments without the sources: flags, wherever they stood. */
  readonly flags: readonly string[]
}

/** How two sides are compared. */
export interface SideFlags {
  readonly by?: (typeof BY)[number]
  readonly normalize?: boolean
  readonly sampleType?: string
  readonly alpha?: number
}

const BY = ['flat', 'cum', 'stacks'] as const

export const sideFlags: FlagParametersForType<SideFlags> = {
  by: { kind: 'enum', values: BY, brief: 'what of profiles is compared', optional: true },
  normalize: flag('shares of each profile instead of values'),
  sampleType: text('sample type of profiles', 'TYPE'),
  alpha: {
    kind: 'parsed',
    parse: Number,
    brief: 'level of significance; 0.05 if not set',
    placeholder: 'P',
    optional: true,
  },
}

/** The level of significance without --alpha. */
export const ALPHA = 0.05

/** Splits a command's arguments at `--`. Without it, two sources are one a side. Throws UserError. */
export function splitSides(argv: readonly string[], command: CommandDescription): Sides {
  const takesValue = new Set(
    Object.entries(command.flags)
      .filter(([, f]) => f.kind !== 'boolean')
      .map(([key]) => typedFlag(key)),
  )
  for (const [letter, key] of Object.entries(command.aliases ?? {}))
    if (command.flags[key]?.kind !== 'boolean') takesValue.add(`-${letter}`)
  const sides: [string[], string[]] = [[], []]
  const flags: string[] = []
  let side = 0
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg === '--') {
      if (side === 1) throw new UserError('-- stands once, between the sources before and after')
      side = 1
    } else if (arg.startsWith('-') && arg !== '-') {
      flags.push(arg)
      if (takesValue.has(arg) && i + 1 < argv.length) flags.push(argv[++i]!)
    } else sides[side]!.push(arg)
  }
  const [before, after] = sides
  if (side === 0 && before.length === 2) return { before: [before[0]!], after: [before[1]!], flags }
  return { before, after, flags }
}

/** Throws UserError if a side is empty. */
export function needSides(name: string, sides: Sides): void {
  if (sides.before.length === 0 || sides.after.length === 0)
    throw new UserError(`two sides are wanted: goscope ${name} BEFORE... -- AFTER...`)
}

/** Measures of each source of both sides. Throws UserError. */
export async function measuresOf(
  sides: Sides,
  flags: SideFlags,
): Promise<{ readonly before: Measure[][]; readonly after: Measure[][] }> {
  const o = {
    by: flags.by ?? 'flat',
    normalize: flags.normalize === true,
    sampleType: flags.sampleType ?? '',
  }
  return { before: await sideMeasures(sides.before, o), after: await sideMeasures(sides.after, o) }
}

async function sideMeasures(sources: readonly string[], o: MeasureOptions): Promise<Measure[][]> {
  const out: Measure[][] = []
  for (const source of sources) {
    const parts = await readCapture([source])
    const measures = captureMeasures(parts, o)
    if (measures.every((m) => m.length === 0))
      throw new UserError(`${source}: there is nothing in it that can be compared`)
    out.push(...measures)
  }
  return out
}

/** A change as JSON has it: null where a side or the ratio is missing. */
export function changeJson(c: Change): object {
  const finite = (v: number): number | null => (Number.isFinite(v) ? v : null)
  return {
    ...c,
    group: jsonText(c.group),
    name: jsonText(c.name),
    from: finite(c.from),
    to: finite(c.to),
    change: finite(c.change),
    ratio: finite(c.ratio),
  }
}
