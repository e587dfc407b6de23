// Asking the listeners of one process what they are.

import { isAnyAddress } from '../../core/formats/proc/sockets.ts'
import type { Listener } from './listeners.ts'
import { loopbackOf, type Probed, type ProbeOptions, probeGops, probeHttp } from './probe.ts'

/** At most so many listeners of one process are asked. */
const MOST_PROBES = 16

/** Asks all that can be reached over this machine's own addresses; `agent` is the one that a gops agent wrote down. Never throws. */
export function askListeners(
  listeners: readonly Listener[],
  agent: Listener | undefined,
  o: ProbeOptions,
): Promise<readonly Probed[]> {
  const near = listeners.filter((l) => l.kind === 'unix' || loopbackOf(l) !== undefined)
  return Promise.all(near.slice(0, MOST_PROBES).map((l) => (l === agent ? probeGops(l, o) : probeHttp(l, o))))
}

/** Sentences on profiles that other machines can fetch as well. */
export function exposedWarnings(answers: readonly Probed[]): string[] {
  return answers
    .filter((a) => a.answer === 'pprof' && a.listener.kind === 'tcp' && isAnyAddress(a.listener.address))
    .map(
      (a) =>
        `pprof answers on ${a.listener.shown}, on every address of this machine: who reaches it can read the program’s memory contents and slow it down; let it listen on 127.0.0.1`,
    )
}
