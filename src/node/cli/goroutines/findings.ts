// What is wrong, for people: crashes, races, leaks, deadlocks, and what many wait for.

import { crashAdvice, crashFrame } from '../../../core/analysis/goroutines/crashes.ts'
import type { Certainty } from '../../../core/analysis/goroutines/waits.ts'
import { countText } from '../../../core/base/people-fmt.ts'
import { ELIDED_UNKNOWN, type GoroutineDump } from '../../../core/model/goroutines.ts'
import { plural } from '../people/head.ts'
import { paint, type Style, safeName } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import type { Look } from './look.ts'
import { fullPlace, functionName, placeText } from './names.ts'
import { more, stateOf } from './pieces.ts'
import { stackLines } from './stack-lines.ts'

const MARKS: Readonly<Record<string, readonly [unicode: string, ascii: string]>> = {
  critical: ['✖', '[!!]'],
  warning: ['▲', '[!]'],
  info: ['●', '[i]'],
}

/** A mark, a word of 8 cells and a sentence; further lines lie under the sentence. */
function finding(
  style: Style,
  tone: 'critical' | 'warning' | 'info',
  word: string,
  claim: string,
  more: readonly string[],
): string[] {
  const mark = MARKS[tone]![style.unicode ? 0 : 1]
  const indent = ' '.repeat(mark.length + 1 + WORD + 2)
  const inner: Style = { ...style, width: style.width - indent.length }
  const [first = '', ...rest] = wrapLines(inner, claim)
  return [
    `${paint(style, tone, `${mark} ${word.padEnd(WORD)}`)}  ${paint(style, 'strong', first)}`,
    ...rest.map((l) => indent + paint(style, 'strong', l)),
    ...more.flatMap((m) => wrapLines(inner, m).map((l) => indent + l)),
  ]
}

const WORD = 8

export function crashLines(style: Style, look: Look, dump: GoroutineDump): string[] {
  const g = look.goroutines
  const crash = dump.crash!
  const row = dump.start < dump.end ? dump.start : -1
  const lines: string[] = []
  const messages =
    crash.fatal !== ''
      ? [`fatal error: ${crash.fatal}`]
      : crash.panics.map(
          (p) =>
            `panic: ${p.text}${p.recovered ? (p.repanicked ? ' [recovered, panicked again]' : ' [recovered]') : ''}`,
        )
  if (messages.length === 0) messages.push(crash.signal)
  const [first, ...others] = messages.join('\n').split('\n').map(safeName)
  const facts: string[] = others.map((m) => m.trim())
  if (crash.signal !== '' && crash.signal !== messages[0]) facts.push(safeName(crash.signal))
  if (row >= 0) {
    const frame = crashFrame(g, g.table.stack[row]!, look.origins)
    const what = crash.kind === 'signal' && g.table.goid[row] === 0 ? 'first stack' : goroutineName(look, row)
    if (frame !== 0) facts.push(`in ${functionName(g, frame)}, ${fullPlace(g, frame)} (${what})`)
  }
  const repeated = row < 0 ? '' : recursionText(look, g.table.stack[row]!)
  if (repeated !== '') facts.push(repeated)
  for (const line of crash.runtimeLines.slice(0, 4)) facts.push(safeName(line.trim()))
  if (crash.threads > 1) facts.push(`${crash.threads} threads reported their stacks`)
  const advice = crashAdvice(crash)
  if (advice !== undefined) facts.push(advice.meaning, `Do: ${advice.remedy}`)
  const tone =
    crash.panics.length > 0 && crash.panics.every((p) => p.recovered)
      ? 'warning'
      : crash.kind === 'signal'
        ? 'info'
        : 'critical'
  lines.push(...finding(style, tone, crash.kind, first ?? '', facts))
  if (row >= 0 && crash.kind !== 'signal')
    lines.push('', ...stackLines(style, look, g.table.stack[row]!, row, CRASH_FRAMES))
  return lines
}

const CRASH_FRAMES = 16

/** The functions that a very deep stack consists of. */
function recursionText(look: Look, stack: number): string {
  const { goroutines: g } = look
  const from = g.stacks.start[stack]!
  const to = g.stacks.start[stack + 1]!
  if (to - from < 50) return ''
  const counts = new Map<number, number>()
  for (let k = from; k < to; k++) {
    const fn = g.frames.fn[g.calls.frame[g.stacks.call[k]!]!]!
    counts.set(fn, (counts.get(fn) ?? 0) + 1)
  }
  const often = [...counts].filter(([, n]) => n >= 5).sort((a, b) => b[1] - a[1])
  if (often.length === 0) return ''
  const elided = g.stacks.elided[stack]!
  const hidden =
    elided === 0 || elided === ELIDED_UNKNOWN ? '' : `, and ${countText(elided)} frames are left out`
  const names = often.slice(0, 4).map(([fn, n]) => `${safeName(g.strings.get(fn))} (${n} times)`)
  return `calls itself: ${names.join(', ')} in the ${to - from} frames shown${hidden}`
}

function goroutineName(look: Look, row: number): string {
  const { table } = look.goroutines
  const goid = table.goid[row]!
  return goid < 0 ? 'one of them' : `goroutine ${goid}`
}

export function findingLines(style: Style, look: Look, limit: number): string[] {
  const { goroutines: g, origins, suspects, waits } = look
  const lines: string[] = []
  const most = limit > 0 ? limit : Number.POSITIVE_INFINITY
  for (const s of suspects.slice(0, Math.min(most, 6))) {
    const frame = origins.telling(g.table.stack[s.example]!)
    const created = g.table.createdBy[s.example]!
    const made = created === 0 ? '' : `, made by ${functionName(g, created)} ${placeText(g, created)}`
    const tone = s.certainty === 'proven' ? 'critical' : s.certainty === 'likely' ? 'warning' : 'info'
    lines.push(
      ...finding(
        style,
        tone,
        'leak',
        `${s.certainty === 'proven' ? '' : `${capital(s.certainty)}: `}${plural(style, s.weight, 'goroutine')} ${s.reasons.join('; ')}`,
        [`in ${functionName(g, frame)} ${placeText(g, frame)}${made}`],
      ),
    )
  }
  for (const c of waits.cycles.slice(0, Math.min(most, 4)))
    lines.push(
      ...finding(
        style,
        c.certainty === 'proven' ? 'critical' : 'warning',
        'deadlock',
        `${c.certainty === 'proven' ? '' : 'Likely: '}${plural(style, c.rows.length, 'goroutine')} wait for one another in a circle: ${[...c.rows, c.rows[0]!].map((r) => goroutineName(look, r)).join(style.unicode ? ' → ' : ' -> ')}`,
        [],
      ),
    )
  const crowded = waits.points.filter((p) => p.rows.length > 1 || p.holder !== undefined)
  for (const p of crowded.slice(0, Math.min(most, 6))) {
    const row = p.rows[0]!
    const frame = origins.telling(g.table.stack[row]!)
    const holder =
      p.holder === undefined
        ? HOLDABLE.has(p.kind)
          ? 'who holds it is not visible in the dump'
          : ''
        : `${goroutineName(look, p.holder.row)} ${holds(p.holder.certainty)} it: it ${p.holder.why} (${stateOf(look, p.holder.row)}, ${functionName(g, origins.telling(g.table.stack[p.holder.row]!))})`
    lines.push(
      ...finding(
        style,
        'info',
        'blocked',
        `${plural(style, p.rows.length, 'goroutine')} ${p.rows.length === 1 ? 'waits' : 'wait'} for the ${p.kind} at ${p.address}`,
        [`in ${functionName(g, frame)} ${placeText(g, frame)}`, ...(holder === '' ? [] : [holder])],
      ),
    )
  }
  if (crowded.length > 6 && most >= 6) lines.push(...more(style, crowded.length - 6, 'address'))
  return lines
}

const HOLDABLE: ReadonlySet<string> = new Set(['Mutex', 'RWMutex', 'Once', 'semaphore'])

const holds = (c: Certainty): string => (c === 'proven' ? 'holds' : 'likely holds')

const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1)

export function raceLines(style: Style, look: Look, limit: number): string[] {
  const { goroutines: g, origins } = look
  // The same two places race again and again.
  const groups = new Map<string, { count: number; race: (typeof g.races)[number] }>()
  for (const race of g.races) {
    const key = race.accesses.map((a) => `${a.what} ${a.stack}`).join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { count: 1, race })
    else group.count++
  }
  const all = [...groups.values()].sort((a, b) => b.count - a.count)
  const shown = limit > 0 ? all.slice(0, limit) : all
  const lines: string[] = []
  for (const { count, race } of shown) {
    const facts: string[] = race.accesses.map((a) => {
      const frame = a.stack === 0 ? 0 : origins.telling(a.stack)
      const who = a.goid === 1 ? 'the main goroutine' : a.goid < 0 ? 'a goroutine' : `goroutine ${a.goid}`
      return `${a.what} by ${who} in ${frame === 0 ? '(stack not restored)' : `${functionName(g, frame)} ${fullPlace(g, frame)}`}`
    })
    for (const r of race.goroutines) {
      const frame = r.stack === 0 ? 0 : origins.telling(r.stack)
      facts.push(
        `goroutine ${r.goid} (${r.state}) was started in ${functionName(g, frame)} ${placeText(g, frame)}`,
      )
    }
    for (const l of race.locations) facts.push(safeName(l.text))
    const times = count > 1 ? ` (${count} times)` : ''
    lines.push(
      ...finding(
        style,
        'critical',
        'race',
        `Data race at ${safeName(race.accesses[0]?.address || 'an address')}: two goroutines, no order between them${times}`,
        facts,
      ),
    )
  }
  if (shown.length < all.length) lines.push(...more(style, all.length - shown.length, 'race'))
  return lines
}
