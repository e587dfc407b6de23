import type { Profile } from '../model/profile.ts'
import { keepSamples } from './samples.ts'

/** What was left out by `keepHeaviest`. */
export interface LeftOut {
  readonly samples: number
  /** Sum of their |values| and of all, of the sample type that was looked at. */
  readonly weight: number
  readonly whole: number
}

/** The `count` samples that weigh most by one sample type; equal ones in file order. */
export function keepHeaviest(p: Profile, value: number, count: number): { profile: Profile; left: LeftOut } {
  const { f } = p.samples.value[value]
  const order = Uint32Array.from(f.keys()).sort((a, b) => Math.abs(f[b]) - Math.abs(f[a]) || a - b)
  const kept = new Uint8Array(f.length)
  let weight = 0
  let whole = 0
  for (let i = 0; i < order.length; i++) {
    const v = Math.abs(f[order[i]])
    whole += v
    if (i < count) kept[order[i]] = 1
    else weight += v
  }
  return {
    profile: keepSamples(p, (row) => kept[row] === 1),
    left: { samples: Math.max(0, f.length - count), weight, whole },
  }
}
