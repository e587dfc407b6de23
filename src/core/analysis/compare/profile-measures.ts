import type { Profile } from '../../model/profile.ts'
import { StackFacts } from '../stack-facts.ts'
import type { Measure } from './compare.ts'

/** How the values of a profile are compared. */
export interface ProfileMeasureOptions {
  /** Row of profile.sampleTypes. */
  readonly type: number
  /** 'flat' and 'cum' values of functions, 'stacks' whole ones. */
  readonly by: 'flat' | 'cum' | 'stacks'
  /** Shares of the total instead of absolute values: for runs of different length or load. */
  readonly normalize: boolean
  readonly group: string
}

/** One measure a function (or stack) of the profile, and the total. */
export function profileMeasures(profile: Profile, o: ProfileMeasureOptions): Measure[] {
  const facts = new StackFacts(profile, o.type)
  const unit = o.normalize ? 'share' : (profile.sampleTypes[o.type]?.unit ?? 'count')
  const scale = o.normalize ? 1 / Math.max(1, facts.total) : 1
  const out: Measure[] = []
  const add = (name: string, weight: number): void => {
    if (weight !== 0) out.push({ group: o.group, name, unit, value: weight * scale, worse: 1 })
  }
  if (!o.normalize) add('total', facts.total)
  if (o.by === 'stacks') {
    const byStack = new Map<string, number>()
    facts.each((_row, weight, stack, from, to) => {
      const names: string[] = []
      for (let i = to - 1; i >= from; i--) names.push(facts.names[stack[i]])
      const key = names.join(' → ')
      byStack.set(key, (byStack.get(key) ?? 0) + weight)
    })
    for (const [name, weight] of byStack) add(name, weight)
  } else {
    const column = o.by === 'flat' ? facts.flat : facts.cum
    for (let row = 0; row < facts.names.length; row++) add(facts.names[row], column[row])
  }
  return out
}
