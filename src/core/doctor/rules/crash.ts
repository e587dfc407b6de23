import { FrameOrigins } from '../../analysis/goroutines/code.ts'
import { crashAdvice, crashFrame } from '../../analysis/goroutines/crashes.ts'
import { buildWaits } from '../../analysis/goroutines/waits.ts'
import type { Crash, Goroutines, Race } from '../../model/goroutines.ts'
import type { CapturedDumps } from '../capture-parts.ts'
import type { Finding } from '../finding.ts'
import { rule } from '../rule.ts'
import { shortName } from '../words.ts'

/** Causes of crashes that have a name of their own; all others are 'crash'. */
const CAUSES: readonly (readonly [cause: string, text: RegExp])[] = [
  ['deadlock', /^all goroutines are asleep|^no goroutines|^test timed out/],
  ['concurrent-map-access', /^concurrent map/],
  ['stack-overflow', /^stack overflow/],
  ['out-of-memory', /out of memory|cannot allocate memory/],
]

export const crash = rule({
  id: 'crash',
  title: 'The program died',
  docs: 'A crash report in a log: what the program said, where in its own code, and what that means. Reports of the kinds that Go names have causes of their own (deadlock, concurrent-map-access, stack-overflow, out-of-memory). A program that was asked for its goroutines (SIGQUIT) did not crash.',
  reference: 'https://pkg.go.dev/runtime#hdr-Environment_Variables',
  thresholds: { reports: { value: 1, meaning: 'crash reports' } },
  needs: ['goroutines'],
  check(capture) {
    const { dumps } = capture.parts
    if (dumps === undefined) return undefined
    const { goroutines: g } = dumps
    const origins = new FrameOrigins(g)
    const found = g.dumps.flatMap((d) => {
      if (d.crash === undefined || /^SIG(QUIT|ABRT)/.test(d.crash.signal)) return []
      const stack = d.end > d.start ? g.table.stack[d.start] : 0
      return [crashFinding(dumps, d.crash, stack > 0 ? crashFrame(g, stack, origins) : 0, d.source, d.offset)]
    })
    return found.slice(0, 5)
  },
})

function crashFinding(
  dumps: CapturedDumps,
  c: Crash,
  frame: number,
  source: number,
  offset: number,
): Finding {
  const { goroutines: g } = dumps
  const text = c.fatal !== '' ? c.fatal : (c.panics.at(-1)?.text ?? c.signal)
  const advice = crashAdvice(c)
  const fn = frame > 0 ? g.strings.get(g.frames.fn[frame]) : undefined
  const file = frame > 0 ? g.strings.get(g.frames.file[frame]) : ''
  return {
    cause: CAUSES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'crash',
    severity: 'critical',
    confidence: 0.99,
    title: `The program died: ${text}${fn === undefined ? '' : `, in ${shortName(fn)}`}`,
    culprits: fn === undefined ? [] : [fn],
    ...(file !== '' && g.frames.line[frame] > 0 && { place: { file, line: g.frames.line[frame] } }),
    evidence: [
      {
        source: dumps.sources[source]?.name ?? '',
        text: `crash report at byte ${offset}`,
        value: offset,
        unit: 'bytes',
        view: `goscope goroutines ${dumps.sources[source]?.name ?? ''}`,
      },
    ],
    why: advice?.meaning ?? 'The text is the program’s own.',
    remedy: [
      advice?.remedy ?? 'look at the frames of the first goroutine, from the program’s first function on',
    ],
    verify: 'the same load, or a test of that path, runs without it',
    cost: 1,
  }
}

export const dataRace = rule({
  id: 'data-race',
  title: 'Two goroutines use the same memory without order, and one writes',
  docs: 'Reports of the race detector (go test -race, go build -race). Each is a defect, whether or not it has done harm yet.',
  reference: 'https://go.dev/doc/articles/race_detector',
  thresholds: { reports: { value: 1, meaning: 'reports' } },
  needs: ['goroutines'],
  check(capture) {
    const { dumps } = capture.parts
    if (dumps === undefined) return undefined
    const origins = new FrameOrigins(dumps.goroutines)
    const seen = new Set<string>()
    return dumps.goroutines.races
      .map((r) => raceFinding(dumps, r, origins))
      .filter((f) => {
        const key = f.culprits.join()
        if (seen.has(key)) return false
        seen.add(key)
        return true
      })
      .slice(0, 5)
  },
})

function raceFinding(dumps: CapturedDumps, r: Race, origins: FrameOrigins): Finding {
  const { goroutines: g } = dumps
  const frames = r.accesses.map((a) => (a.stack > 0 ? origins.telling(a.stack) : 0)).filter((f) => f > 0)
  const culprits = [...new Set(frames.map((f) => g.strings.get(g.frames.fn[f])))]
  const [first] = frames
  return {
    cause: 'data-race',
    severity: 'critical',
    confidence: 0.99,
    title: `Data race${culprits.length === 0 ? '' : ` between ${culprits.map(shortName).join(' and ')}`}`,
    culprits,
    ...(first !== undefined &&
      g.frames.line[first] > 0 && {
        place: { file: g.strings.get(g.frames.file[first]), line: g.frames.line[first] },
      }),
    evidence: r.accesses.map((a) => ({
      source: dumps.sources[r.source]?.name ?? '',
      text: `${a.what} at ${a.address}${a.goid > 0 ? ` by goroutine ${a.goid}` : ''}`,
      view: `goscope goroutines ${dumps.sources[r.source]?.name ?? ''}`,
    })),
    why: 'Without an order between the two (a lock, a channel, an atomic), either may see half of what the other did, and the compiler may assume that this never happens.',
    remedy: [
      'guard the value with a Mutex, hand it over through a channel, or use sync/atomic',
      'or give each goroutine a copy of its own',
    ],
    verify: 'go test -race on the same test reports nothing',
    cost: 1,
  }
}

export const lockCycle = rule({
  id: 'lock-cycle',
  title: 'Goroutines wait for one another in a circle',
  docs: 'Where a dump shows which locks goroutines wait for and hold, a circle among them is a deadlock: none of them can ever go on, though the program as a whole runs.',
  thresholds: { goroutines: { value: 2, meaning: 'goroutines in the circle' } },
  needs: ['goroutines'],
  explains: { sameCulprit: ['goroutine-leak-lock', 'mutex-contention'] },
  check(capture) {
    const { dumps } = capture.parts
    const last = dumps?.goroutines.dumps.findLast((d) => d.kind !== 'profile')
    if (dumps === undefined || last === undefined) return undefined
    const { goroutines: g } = dumps
    const origins = new FrameOrigins(g)
    const rows = Array.from({ length: last.end - last.start }, (_, k) => last.start + k)
    return buildWaits(g, rows, origins)
      .cycles.slice(0, 3)
      .map(({ rows: circle, certainty }) =>
        cycleFinding(dumps, g, origins, circle, certainty === 'proven', last.source),
      )
  },
})

function cycleFinding(
  dumps: CapturedDumps,
  g: Goroutines,
  origins: FrameOrigins,
  circle: readonly number[],
  proven: boolean,
  source: number,
): Finding {
  const frames = circle.map((row) => origins.telling(g.table.stack[row])).filter((f) => f > 0)
  const culprits = [...new Set(frames.map((f) => g.strings.get(g.frames.fn[f])))]
  const [first] = frames
  return {
    cause: 'lock-cycle',
    severity: proven ? 'critical' : 'warning',
    confidence: proven ? 0.95 : 0.6,
    title: `${circle.length} goroutines wait for one another in a circle: ${culprits.map(shortName).join(', ')}`,
    culprits,
    ...(first !== undefined &&
      g.frames.line[first] > 0 && {
        place: { file: g.strings.get(g.frames.file[first]), line: g.frames.line[first] },
      }),
    evidence: [
      {
        source: dumps.sources[source]?.name ?? '',
        text: `goroutines ${circle.map((row) => g.table.goid[row]).join(', ')}`,
        value: circle.length,
        unit: 'count',
        view: `goscope goroutines ${dumps.sources[source]?.name ?? ''}`,
      },
    ],
    why: 'Each holds what the next one wants; only a restart ends that.',
    remedy: [
      'take the locks in one order everywhere',
      'do not call out (callbacks, sends) while a lock is held',
    ],
    verify: 'a new dump under the same load has no such circle',
    cost: 0.9,
  }
}
