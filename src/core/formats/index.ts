// The formats that hold a profile, in the order in which help lists them. A new one is a folder and a line.

import { folded } from './folded/index.ts'
import type { ProfileFormat } from './format.ts'
import { goroutines } from './goroutines/index.ts'
import { allocFreeTrace } from './log/index.ts'
import { perfScript } from './perf-script/index.ts'
import { pprof, pprofLegacy } from './pprof/index.ts'
import { speedscope } from './speedscope/index.ts'

export const PROFILE_FORMATS: readonly ProfileFormat[] = [
  pprof,
  pprofLegacy,
  folded,
  perfScript,
  speedscope,
  goroutines,
  allocFreeTrace,
]

/** Bytes of a file's head that are enough to tell its format. */
export const SNIFF_BYTES = 4096

/** The format that claims the head with at least even odds; undefined if none does. */
export function detectFormat(head: Uint8Array, name: string): ProfileFormat | undefined {
  let best: ProfileFormat | undefined
  let score = 0.25
  for (const format of PROFILE_FORMATS) {
    const s = format.sniff(head, name)
    if (s > score) {
      best = format
      score = s
    }
  }
  return best
}
