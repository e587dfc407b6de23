// Samples a live program's goroutines, at a rate that the program can bear.

import { UserError } from '../../core/base/errors.ts'
import { nextInterval, WallProfile } from '../../core/engine/wall-profile.ts'
import { GoroutineDecoder } from '../../core/formats/goroutines/decode.ts'
import { addGoroutineProfile } from '../../core/formats/goroutines/profile.ts'
import { GoroutineBuilder } from '../../core/model/goroutine-builder.ts'
import type { Goroutines } from '../../core/model/goroutines.ts'
import { decodeProfileBytes } from '../read-profile.ts'
import { refusalOf } from './content-check.ts'
import type { LiveClient } from './http-client.ts'
import { pause } from './pause.ts'
import { pageOf, type Target } from './target.ts'

export interface WallRunOptions {
  readonly seconds: number
  readonly hz: number
  readonly stateFrames: boolean
  /** With more goroutines, profiles are fetched instead of dumps: they cost less and have no states. */
  readonly mostGoroutines: number
  readonly onSample: (spentSeconds: number, run: WallRun) => void
}

/** What came of it. */
export interface WallRun {
  readonly profile: WallProfile
  /** Dumps that were taken, that failed, and that the rate would have had. */
  samples: number
  failed: number
  readonly wanted: number
  /** ns since 1970. */
  readonly start: bigint
  durationMs: number
  /** Sum over dumps of goroutines. */
  goroutines: number
  /** Whether goroutines came as profiles. */
  fromProfiles: boolean
  /** Sums over dumps: until the answer began (the program stands still for most of it), and until its end. */
  answerMs: number
  totalMs: number
  bytes: number
  /** What a request that asks for nothing takes: this much is the way, not the work. */
  readonly wayMs: number
  /** The longest time between two dumps that the brake asked for; 0 if it was not needed. */
  brakeMs: number
  lastError: string
}

const MOST_BYTES = 128 << 20
const WAY_REQUESTS = 3
/** Failures in a row after which the program is taken for gone. */
const MOST_FAILURES = 5
const COSTS_KEPT = 8

/** Samples until the time is over or the signal comes. Throws UserError if the program does not answer. */
export async function sampleWall(
  target: Target,
  client: LiveClient,
  o: WallRunOptions,
  signal: AbortSignal,
): Promise<WallRun> {
  const count = await goroutinesOf(target, client, signal)
  const run: WallRun = {
    profile: new WallProfile({ stateFrames: o.stateFrames }),
    samples: 0,
    failed: 0,
    wanted: Math.max(1, Math.round(o.seconds * o.hz)),
    start: BigInt(Date.now()) * 1_000_000n,
    durationMs: 0,
    goroutines: 0,
    fromProfiles: count > o.mostGoroutines,
    answerMs: 0,
    totalMs: 0,
    bytes: 0,
    wayMs: await wayTo(target, client, signal),
    brakeMs: 0,
    lastError: '',
  }
  const wantedMs = 1000 / o.hz
  const begin = performance.now()
  const costs: number[] = []
  let inRow = 0
  let last = begin
  for (;;) {
    const at = performance.now()
    try {
      const { answerMs, totalMs, bytes, goroutines } = await sample(target, client, run.fromProfiles, signal)
      // A sample stands for the time since the one before, the first for what was wanted.
      const stands = run.samples === 0 ? wantedMs : at - last
      last = at
      run.goroutines += run.profile.add(goroutines, stands * 1e6)
      run.samples++
      run.answerMs += answerMs
      run.totalMs += totalMs
      run.bytes += bytes
      costs.push(Math.max(0, totalMs - run.wayMs))
      if (costs.length > COSTS_KEPT) costs.shift()
      inRow = 0
    } catch (e) {
      if (signal.aborted) break
      if (!(e instanceof UserError)) throw e
      run.failed++
      run.lastError = e.message
      if (++inRow >= MOST_FAILURES) {
        if (run.samples === 0) throw e
        break
      }
    }
    const spent = performance.now() - begin
    run.durationMs = spent
    o.onSample(spent / 1000, run)
    const interval = nextInterval(wantedMs, costs)
    if (interval > wantedMs) run.brakeMs = Math.max(run.brakeMs, interval)
    const next = at + interval
    if (signal.aborted || next - begin >= o.seconds * 1000) break
    await pause(Math.max(0, next - performance.now()), signal)
    if (signal.aborted) break
  }
  if (run.samples === 0) throw new UserError(run.lastError || 'interrupted before the first dump')
  return run
}

async function sample(
  target: Target,
  client: LiveClient,
  asProfile: boolean,
  signal: AbortSignal,
): Promise<{ answerMs: number; totalMs: number; bytes: number; goroutines: Goroutines }> {
  const pieces: Uint8Array[] = []
  const content = asProfile ? 'profile' : 'dump'
  const got = await client.get(pageOf(target, 'goroutine', asProfile ? '' : 'debug=2'), {
    seconds: 0,
    maxBytes: MOST_BYTES,
    signal,
    sink: (chunk) => pieces.push(chunk),
    refuse: (head, type) => refusalOf(content, head, type),
  })
  const builder = new GoroutineBuilder()
  if (asProfile)
    addGoroutineProfile(builder, 0, (await decodeProfileBytes(Buffer.concat(pieces), 'goroutine')).profile)
  else {
    const decoder = new GoroutineDecoder(builder, 0)
    for (const piece of pieces) decoder.feed(piece)
    decoder.end()
  }
  return { ...got, goroutines: builder.done() }
}

/** How many goroutines there are. Throws UserError if there is no such server. */
async function goroutinesOf(target: Target, client: LiveClient, signal: AbortSignal): Promise<number> {
  const pieces: Uint8Array[] = []
  await client.get(pageOf(target, 'goroutine', 'debug=1'), {
    seconds: 0,
    maxBytes: MOST_BYTES,
    signal,
    sink: (chunk) => pieces.push(chunk),
  })
  const text = Buffer.concat(pieces).toString('latin1')
  const total = /^goroutine profile: total (\d+)/.exec(text)?.[1]
  if (total === undefined) throw new UserError('what answers there is not net/http/pprof')
  return Number(total)
}

/** The time of a request that costs the program nothing, ms. */
async function wayTo(target: Target, client: LiveClient, signal: AbortSignal): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < WAY_REQUESTS; n++) {
    try {
      const { totalMs } = await client.get(pageOf(target, 'cmdline'), {
        seconds: 0,
        maxBytes: 1 << 20,
        signal,
        sink: () => undefined,
      })
      best = Math.min(best, totalMs)
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      return 0
    }
  }
  return best
}
