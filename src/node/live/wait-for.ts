// Waiting for the moment: looks at programs until a condition holds of one of them.

import { UserError } from '../../core/base/errors.ts'
import { bytesText, countText, shareText, timeText } from '../../core/base/people-fmt.ts'
import { type Condition, variableOf } from '../../core/engine/condition.ts'
import type { LiveClient } from './http-client.ts'
import { Looks } from './looks.ts'
import { pause } from './pause.ts'
import type { ProgressLines } from './progress-lines.ts'
import type { Target } from './target.ts'

interface Watched {
  readonly target: Target
  readonly client: LiveClient
  readonly progress: ProgressLines
}

/**
 * Returns in words what was met; undefined if `signal` came first. A program that does not answer for once is
 * asked again. Throws UserError if a variable is not known of any of them, or none answers the first time.
 */
export async function waitFor(
  condition: Condition,
  watched: readonly Watched[],
  o: { readonly everyMs: number; readonly metricsPath: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const looks = watched.map((w) => ({ ...w, looks: new Looks(w.target, w.client, condition, o.metricsPath) }))
  const { progress } = watched[0]!
  for (let n = 0; !signal.aborted; n++) {
    const start = performance.now()
    const errors: string[] = []
    for (const one of looks) {
      try {
        const values = await one.looks.look(signal)
        const missing = n === 0 ? one.looks.missing(values) : []
        if (missing.length > 0)
          throw new UnknownVariable(
            `${one.target.shown} does not tell ${missing.join(', ')} (see goscope help capture for where each comes from)`,
          )
        const text = valuesText(condition, values)
        if (condition.holds(values)) return `${condition.text}: ${text}`
        one.progress.waitsFor(condition.text, text)
      } catch (e) {
        if (signal.aborted) return undefined
        if (!(e instanceof UserError) || e instanceof UnknownVariable) throw e
        errors.push(e.message)
      }
    }
    if (errors.length === looks.length && n === 0) throw new UserError(errors[0]!)
    for (const text of errors) progress.waits(text)
    await pause(Math.max(0, o.everyMs - (performance.now() - start)), signal)
  }
  return undefined
}

class UnknownVariable extends UserError {}

/** `goroutines = 5 321, cpu = 12.0%`. */
function valuesText(condition: Condition, values: ReadonlyMap<string, number>): string {
  return condition.names
    .map((name) => `${name} = ${valueText(name, values.get(name))}`)
    .join(', ')
    .replaceAll('\u202f', ' ')
}

function valueText(name: string, value: number | undefined): string {
  if (value === undefined) return 'not known yet'
  switch (variableOf(name)!.dimension) {
    case 'bytes':
      return bytesText(value)
    case 'seconds':
      return timeText(value * 1e9)
    case 'share':
      return shareText(value, 1)
    case 'count':
    case 'number':
      return countText(value)
  }
}
