// The two sides of a comparison on the command line: BEFORE… -- AFTER…

import type { Measure } from '../../../core/analysis/compare/compare.ts'
import { UserError } from '../../../core/base/errors.ts'
import { captureMeasures, type MeasureOptions } from '../../../core/engine/capture-measures.ts'
import { readCapture } from '../../capture/read-capture.ts'

export interface Sides {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The arguments without the sources: flags, wherever they stood. */
  readonly flags: readonly string[]
}

/**
 * Splits arguments at `--`. Without it, two sources are one a side. Throws UserError. `takesValue` says which
 * flags have a value in the next argument.
 */
export function splitSides(argv: readonly string[], takesValue: ReadonlySet<string>): Sides {
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

/** Measures of each source of a side. Throws UserError. */
export async function measuresOf(sources: readonly string[], o: MeasureOptions): Promise<Measure[][]> {
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
