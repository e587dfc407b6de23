// `goscope watch`: live numbers of running programs.

import { alerts } from '../../../core/analysis/live/levels.ts'
import type { Values } from '../../../core/analysis/live/metrics.ts'
import { SeriesStore } from '../../../core/analysis/live/series.ts'
import { useRows } from '../../../core/analysis/live/use.ts'
import { UserError } from '../../../core/base/errors.ts'
import { ABSENT } from '../../../core/base/people-fmt.ts'
import { pidOf, targetOf } from '../../live/target.ts'
import { isTerminal } from '../../output.ts'
import type { Take } from '../../server/live-site.ts'
import { openTarget } from '../../watch/open-target.ts'
import { Recorder, type Recording, readingLine, readRecording } from '../../watch/recording.ts'
import { takeCapture, takeProfile } from '../../watch/take.ts'
import type { WatchedTarget } from '../../watch/watched-target.ts'
import { parseCommand } from '../people/command.ts'
import { jsonText, writeJson } from '../people/json.ts'
import { styleFor } from '../people/style.ts'
import { captureFlags, reachOf, spec, type WatchFlags } from '../people/watch-flags.ts'
import { intervalLine, onceLines, type PageTarget } from '../people/watch-lines.ts'
import { accountOf, WatchPage } from '../people/watch-page.ts'
import { writeLines } from '../people/write-lines.ts'

export { spec }

const INTERVAL_MS = 1000
/** Readings for charts. */
const HISTORY = 600
/** Part of the interval in which answers are waited for. */
const GRACE = 0.8
const REPLAY_SPEED = 10

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  if (flags.replay !== undefined) {
    if (args.length > 0 || flags.record !== undefined)
      throw new UserError('a recording is replayed alone: goscope watch --replay FILE')
    return replay(readRecording(flags.replay), flags)
  }
  if (args.length === 0)
    throw new UserError(
      `no TARGET given; usage: goscope watch ${spec.args} (goscope ps lists programs that run here)`,
    )
  const intervalMs = flags.interval ?? INTERVAL_MS
  const targets: WatchedTarget[] = []
  try {
    for (const arg of args)
      targets.push(
        await openTarget(arg, {
          ...(flags.pprofPath !== undefined && { pprofPath: flags.pprofPath }),
          metricsPath: flags.metricsPath ?? '/metrics',
          ...reachOf(flags),
          timeoutMs: flags.timeout === undefined ? Math.max(5000, 3 * intervalMs) : flags.timeout * 1000,
          history: HISTORY,
        }),
      )
    if (flags.once) return await once(targets, flags, intervalMs)
    const recorder = flags.record === undefined ? undefined : new Recorder(flags.record, intervalMs)
    try {
      if (flags.web) return await inBrowser(targets, flags, intervalMs, recorder)
      return isTerminal(1) && !flags.json && process.stdin.isTTY
        ? await livePage(targets, flags, intervalMs, recorder)
        : await lines(targets, flags, intervalMs, recorder)
    } finally {
      recorder?.close()
    }
  } finally {
    for (const t of targets) t.close()
  }
}

/** Waits, at most until the signal comes. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done, { once: true })
    if (signal?.aborted) done()
  })
}

/** Looks at all targets at once. */
function tickAll(targets: readonly WatchedTarget[], graceMs: number): Promise<unknown> {
  return Promise.all(targets.map((t) => t.tick(graceMs)))
}

function pageTarget(t: WatchedTarget): PageTarget {
  return { facts: t.facts, reading: t.latest, last: t.last, series: t.series, account: accountOf(t.moment) }
}

/** Two looks, an interval apart, so that there are rates. */
async function once(
  targets: readonly WatchedTarget[],
  flags: Partial<WatchFlags>,
  intervalMs: number,
): Promise<number> {
  const graceMs = flags.timeout === undefined ? 5000 : flags.timeout * 1000
  await tickAll(targets, graceMs)
  await sleep(intervalMs)
  await tickAll(targets, graceMs)
  const style = styleFor(flags)
  if (flags.json)
    writeJson({
      schema: 'goscope.watch/1',
      intervalMs,
      targets: targets.map(targetJson),
    })
  else writeLines(targets.flatMap((t, k) => [...(k > 0 ? [''] : []), ...onceLines(style, pageTarget(t))]))
  return targets.some((t) => t.latest?.ended || (t.latest?.silentMs ?? 0) > 0) ? 1 : 0
}

function targetJson(t: WatchedTarget, index: number): object {
  const { facts, latest } = t
  if (latest === undefined) return { shown: jsonText(facts.shown) }
  return {
    shown: jsonText(facts.shown),
    program: jsonText(facts.program),
    goVersion: jsonText(facts.goVersion),
    pid: facts.pid ?? null,
    ...readingLine(index, latest),
    alerts: alerts(latest.values),
    use: useRows(latest.values).map((r) => ({ ...r, utilization: r.utilization ?? null })),
    account: accountOf(t.moment) ?? null,
  }
}

/** One line per interval and target, until interrupted or all have ended. */
async function lines(
  targets: readonly WatchedTarget[],
  flags: Partial<WatchFlags>,
  intervalMs: number,
  recorder: Recorder | undefined,
): Promise<number> {
  const style = styleFor(flags)
  let stop = false
  const stopper = new AbortController()
  const end = (): void => {
    stop = true
    stopper.abort()
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  const until = flags.count ?? Number.POSITIVE_INFINITY
  await everyInterval(intervalMs, stopper.signal, async (n) => {
    await tickAll(targets, intervalMs * GRACE)
    const readings = targets.map((t) => t.latest!)
    recorder?.add(
      targets.map((t) => t.facts),
      readings,
    )
    // The first look has no rates.
    if (n > 0 && !stop)
      writeLines(
        targets.map((t, k) =>
          flags.json
            ? JSON.stringify({ ...readingLine(k, readings[k]!), shown: jsonText(t.facts.shown) })
            : intervalLine(style, t.facts, readings[k]!, targets.length > 1),
        ),
      )
    return n < until && !targets.every(hasEnded)
  })
  process.removeListener('SIGINT', end)
  process.removeListener('SIGTERM', end)
  return targets.every(hasEnded) ? 1 : 0
}

/** A process that was named by its number does not come back. */
const hasEnded = (t: WatchedTarget): boolean => t.latest?.ended === true && pidOfArgument(t) !== undefined

function pidOfArgument(t: WatchedTarget): number | undefined {
  return t.facts.argument.startsWith('pid:') ? pidOf(t.facts.argument) : undefined
}

/** Runs `work` at the beat of the interval until it says false or the signal comes. Beats that are missed are left out. */
async function everyInterval(
  intervalMs: number,
  signal: AbortSignal,
  work: (n: number) => Promise<boolean>,
): Promise<void> {
  const start = performance.now()
  for (let n = 0; !signal.aborted; n++) {
    if (!(await work(n))) return
    const spent = performance.now() - start
    const next = (Math.floor(spent / intervalMs) + 1) * intervalMs
    await sleep(next - spent, signal)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** What is taken of a target, by the page in the terminal or in the browser. Rejects with UserError. */
async function takeOf(
  { facts }: WatchedTarget,
  what: Take,
  flags: Partial<WatchFlags>,
  signal: AbortSignal,
): Promise<string> {
  if (what === 'capture')
    return takeCapture(facts.argument, facts.program || facts.name, captureFlags(flags), signal)
  // A process without a server says so in words.
  const address = facts.argument.startsWith('pid:') ? facts.shown : facts.argument
  return takeProfile(targetOf(address, flags), what, reachOf(flags), signal)
}

/** The workbench with live numbers, until interrupted. */
async function inBrowser(
  targets: readonly WatchedTarget[],
  flags: Partial<WatchFlags>,
  intervalMs: number,
  recorder: Recorder | undefined,
): Promise<number> {
  const { startWatchWeb } = await import('../people/watch-web.ts')
  const stopper = new AbortController()
  const web = await startWatchWeb({
    targets,
    intervalMs,
    port: flags.port ?? 0,
    noBrowser: flags.noBrowser ?? false,
    take: (k, what) => takeOf(targets[k]!, what, flags, stopper.signal),
  })
  const end = (): void => stopper.abort(new UserError('ended'))
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  const ended = aborted(stopper.signal)
  try {
    await everyInterval(intervalMs, stopper.signal, async () => {
      await Promise.race([tickAll(targets, intervalMs * GRACE), ended])
      if (stopper.signal.aborted) return false
      recorder?.add(
        targets.map((t) => t.facts),
        targets.map((t) => t.latest!),
      )
      web.beat()
      return true
    })
  } finally {
    process.removeListener('SIGINT', end)
    process.removeListener('SIGTERM', end)
    await web.close()
  }
  return 0
}

async function livePage(
  targets: readonly WatchedTarget[],
  flags: Partial<WatchFlags>,
  intervalMs: number,
  recorder: Recorder | undefined,
): Promise<number> {
  const stopper = new AbortController()
  const page = new WatchPage({
    flags,
    intervalMs,
    targets: () => targets.map(pageTarget),
    status: () => (recorder === undefined ? '' : 'recording'),
    mark: (m) => recorder?.mark(m),
    take: async (index, what) => {
      const path = await takeOf(targets[index]!, what, flags, stopper.signal)
      return what === 'capture' ? `the capture is in ${path}` : `written: ${path}`
    },
  })
  page.start()
  try {
    page.done.then(() => stopper.abort(new UserError('ended')))
    const ended = aborted(stopper.signal)
    await everyInterval(intervalMs, stopper.signal, async () => {
      await Promise.race([tickAll(targets, intervalMs * GRACE), ended])
      if (stopper.signal.aborted) return false
      recorder?.add(
        targets.map((t) => t.facts),
        targets.map((t) => t.latest!),
      )
      page.draw()
      return true
    })
  } finally {
    page.stop()
  }
  return statusOf(page.endedBy)
}

/** As a shell reports it; to interrupt the page is the usual way out. */
function statusOf(signal: NodeJS.Signals | undefined): number {
  return signal === 'SIGTERM' ? 143 : signal === 'SIGHUP' ? 129 : 0
}

/** Shows a recording: all lines at once, or as a page at its own pace times `--speed`. */
async function replay(recording: Recording, flags: Partial<WatchFlags>): Promise<number> {
  const { targets, readings, damaged } = recording
  if (damaged > 0)
    process.stderr.write(`goscope watch: ${damaged} lines of the recording are damaged and left out\n`)
  const style = styleFor(flags)
  const shown = targets.map((t) => ({ ...t, argument: t.shown, name: '' }))
  const replayed = shown.map((facts) => ({
    facts,
    reading: undefined as Recording['readings'][number] | undefined,
    last: {} as Values,
    series: new SeriesStore(HISTORY),
    account: undefined,
  }))
  const show = (r: Recording['readings'][number]): void => {
    const t = replayed[r.target]!
    t.reading = r
    t.last = { ...t.last, ...r.values }
    t.series.add(r.values)
  }
  if (flags.once) {
    for (const r of readings) show(r)
    if (flags.json)
      writeJson({
        schema: 'goscope.watch/1',
        intervalMs: recording.intervalMs,
        targets: replayed.map((t, k) => ({
          ...t.facts,
          ...(t.reading !== undefined && readingLine(k, t.reading)),
        })),
      })
    else writeLines(replayed.flatMap((t, k) => [...(k > 0 ? [''] : []), ...onceLines(style, t)]))
    return 0
  }
  if (!isTerminal(1) || !process.stdin.isTTY || flags.json) {
    writeLines(
      readings.map((r) =>
        flags.json
          ? JSON.stringify(readingLine(r.target, r))
          : intervalLine(style, shown[r.target]!, r, targets.length > 1),
      ),
    )
    return 0
  }
  const speed = flags.speed ?? REPLAY_SPEED
  let at = 0
  const page = new WatchPage({
    flags,
    intervalMs: recording.intervalMs,
    targets: () => replayed,
    status: () => `replay ${at} of ${readings.length || ABSENT}, ${speed} times as fast`,
    mark: () => undefined,
    take: async () => {
      throw new UserError('this is a recording: there is no program to ask')
    },
  })
  const stopper = new AbortController()
  page.start()
  try {
    page.done.then(() => stopper.abort())
    for (const r of readings) {
      if (stopper.signal.aborted) break
      const before = at === 0 ? r.at : readings[at - 1]!.at
      await sleep(Math.min(5000, (r.at - before) / speed), stopper.signal)
      show(r)
      at++
      page.draw()
    }
    await page.done
  } finally {
    page.stop()
  }
  return statusOf(page.endedBy)
}
