// `-pprof=net|sync|syscall|sched`: where goroutines waited, as profile.proto.

import { gzipSync } from 'node:zlib'
import { AllWaits, WAIT_KINDS, type WaitKind } from '../../../core/analysis/trace/waiting-profiles.ts'
import { waitsToProfile } from '../../../core/analysis/trace/waits-to-profile.ts'
import { type DecodeError, UserError } from '../../../core/base/errors.ts'
import { runTrace } from '../../../core/engine/trace-run.ts'
import { encodeProfile } from '../../../core/formats/pprof/encode.ts'
import { writeAll } from '../../output.ts'
import { Progress } from './progress.ts'

/** The kind of waits that a flag names; undefined if it is none. */
export function waitKind(name: string): WaitKind | undefined {
  return WAIT_KINDS.find((kind) => kind === name)
}

/**
 * Writes the profile of a kind of waits to standard output. Returns what ended the reading early: the
 * profile is of what came before it then. Throws DecodeError if nothing can be read, UserError if there is
 * nothing to tell of.
 */
export function writeWaits(bytes: Uint8Array, kind: WaitKind): DecodeError | undefined {
  const progress = new Progress('reading the trace')
  const run = runTrace(
    bytes,
    () => {
      const waits = new AllWaits([kind])
      return { waits, usable: [waits], delivered: [] }
    },
    { progress: (at) => progress.tell(at / bytes.length) },
  )
  progress.done()
  const { waits } = run.usable
  waits.finish(run.delivered.waits)
  if (!waits.any) throw new UserError('failed to generate pprof: no goroutine did anything in this trace')
  writeAll(1, gzipSync(Buffer.concat([...encodeProfile(waitsToProfile(waits.profile(kind)))])))
  return run.end.error
}
