// Who waits for the same thing, and who may be in the way.
//
// A dump does not say who holds a lock. What it has is the arguments of calls: the address that goroutines
// wait at, where the register that held it was live (no "?"). Everything said of holders is marked with
// how sure it is:
//
//   proven   the holder's own frames name the same address in a place that only a holder can be in
//   likely   exactly one other goroutine has the address in its frames, or is further on in the function that
//            the waiters lock in; it may have another lock of that kind

import { GOROUTINE, type Goroutines, stackFunctions } from '../../model/goroutines.ts'
import { isAddress, parseArguments } from './arguments.ts'
import type { FrameOrigins } from './code.ts'
import { type StateKind, stateMeaning } from './states.ts'

export type WaitKind =
  | 'Mutex'
  | 'RWMutex'
  | 'Once'
  | 'WaitGroup'
  | 'Cond'
  | 'channel'
  | 'connection'
  | 'semaphore'

export type Certainty = 'proven' | 'likely'

export interface Holder {
  readonly row: number
  readonly certainty: Certainty
  /** Completes "it ...". */
  readonly why: string
}

/** Something that goroutines wait for, told by its address. */
export interface WaitPoint {
  readonly dump: number
  readonly address: string
  readonly kind: WaitKind
  /** Waiting goroutines, in file order. */
  readonly rows: readonly number[]
  /** Absent where the dump does not show who. */
  readonly holder?: Holder
}

/** Goroutines that wait for one another in a circle; each waits for the next one. */
export interface WaitCycle {
  readonly rows: readonly number[]
  readonly certainty: Certainty
}

export interface Waits {
  /** Most waiters first. Connections have one each and stay out. */
  readonly points: readonly WaitPoint[]
  readonly cycles: readonly WaitCycle[]
  /** Goroutines that wait in a lock, group or channel whose address the dump does not show. */
  readonly notVisible: number
}

/** Calls whose first argument is the thing that is waited for; leaf first, the first that is certain counts. */
const WAITING_CALLS: Readonly<Record<string, WaitKind>> = {
  'sync.(*Mutex).lockSlow': 'Mutex',
  'internal/sync.(*Mutex).lockSlow': 'Mutex',
  'internal/sync.(*Mutex).Lock': 'Mutex',
  'sync.(*Mutex).Lock': 'Mutex',
  'sync.(*RWMutex).RLock': 'RWMutex',
  'sync.(*RWMutex).Lock': 'RWMutex',
  'sync.(*Once).doSlow': 'Once',
  'sync.(*Once).Do': 'Once',
  'sync.(*WaitGroup).Wait': 'WaitGroup',
  'sync.(*Cond).Wait': 'Cond',
  'sync.runtime_Semacquire': 'semaphore',
  'sync.runtime_SemacquireMutex': 'semaphore',
  'internal/sync.runtime_SemacquireMutex': 'semaphore',
  'sync.runtime_SemacquireRWMutex': 'semaphore',
  'sync.runtime_SemacquireRWMutexR': 'semaphore',
  'sync.runtime_SemacquireWaitGroup': 'semaphore',
  'runtime.semacquire1': 'semaphore',
  'runtime.chansend': 'channel',
  'runtime.chansend1': 'channel',
  'runtime.chanrecv': 'channel',
  'runtime.chanrecv1': 'channel',
  'runtime.chanrecv2': 'channel',
  'internal/poll.runtime_pollWait': 'connection',
}
const IN_SYNC = /^(?:internal\/)?sync\.|^runtime\.|^internal\/runtime\//

/** What one stack shows of a wait. */
interface Evidence {
  readonly address: string
  readonly kind: WaitKind
}

/** Finds what goroutines of `rows` wait for. */
export function buildWaits(g: Goroutines, rows: readonly number[], origins: FrameOrigins): Waits {
  const facts = new StackFacts(g, origins)
  const dumpOf = dumpsOfRows(g)
  const points = new Map<string, { dump: number; address: string; kind: WaitKind; rows: number[] }>()
  const kinds = new Map<number, StateKind>()
  let notVisible = 0
  for (const row of rows) {
    if (g.table.flags[row] & GOROUTINE.threadStack) continue
    const state = g.table.state[row]
    let kind = kinds.get(state)
    if (kind === undefined) {
      kind = stateMeaning(g.strings.get(state)).kind
      kinds.set(state, kind)
    }
    if (kind !== 'lock' && kind !== 'group' && kind !== 'channel') continue
    const evidence = facts.evidence(g.table.stack[row])
    if (evidence === undefined || evidence.kind === 'connection') {
      if (kind !== 'channel') notVisible++
      continue
    }
    const key = `${dumpOf(row)} ${evidence.address}`
    const point = points.get(key)
    if (point === undefined) points.set(key, { dump: dumpOf(row), ...evidence, rows: [row] })
    else point.rows.push(row)
  }
  const sorted = [...points.values()].sort((a, b) => b.rows.length - a.rows.length || a.rows[0] - b.rows[0])
  // Looking for holders means looking at every stack: not for nothing.
  if (!sorted.some((p) => HOLDABLE.has(p.kind))) return { points: sorted, cycles: [], notVisible }
  const holders = new HolderSearch(g, facts, dumpOf, rows)
  const out = sorted.map((p) => {
    const holder = holders.of(p)
    return holder === undefined ? p : { ...p, holder }
  })
  return { points: out, cycles: cyclesOf(g, out), notVisible }
}

/** Kinds that one goroutine has at a time. */
const HOLDABLE: ReadonlySet<WaitKind> = new Set(['Mutex', 'RWMutex', 'Once', 'semaphore'])

/** What stacks show, looked at once each. */
class StackFacts {
  private readonly g: Goroutines
  private readonly origins: FrameOrigins
  private readonly known = new Map<number, { evidence: Evidence | undefined; caller: number }>()

  constructor(g: Goroutines, origins: FrameOrigins) {
    this.g = g
    this.origins = origins
  }

  evidence(stack: number): Evidence | undefined {
    return this.leaf(stack).evidence
  }

  /** Frame row of the first frame that is not of sync or the runtime; 0 if there is none. */
  caller(stack: number): number {
    const { g } = this
    const { caller } = this.leaf(stack)
    return caller < 0 ? 0 : g.calls.frame[g.stacks.call[caller]]
  }

  private leaf(stack: number): { evidence: Evidence | undefined; caller: number } {
    const known = this.known.get(stack)
    if (known !== undefined) return known
    const { g, origins } = this
    let evidence: Evidence | undefined
    let outermost: WaitKind | undefined
    let caller = -1
    for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1] && caller < 0; k++) {
      const call = g.stacks.call[k]
      const name = origins.name(g.calls.frame[call])
      const kind = Object.hasOwn(WAITING_CALLS, name) ? WAITING_CALLS[name] : undefined
      if (kind === undefined) {
        if (!IN_SYNC.test(name)) caller = k
        continue
      }
      if (kind !== 'semaphore') outermost = kind
      const first = firstArgument(g, call)
      // Semaphores lie inside of what they belong to: its own address says more.
      const better = evidence === undefined || (evidence.kind === 'semaphore' && kind !== 'semaphore')
      if (better && first !== '') evidence = { address: first, kind }
    }
    if (evidence?.kind === 'Mutex' && (outermost === 'RWMutex' || outermost === 'Once'))
      evidence = { ...evidence, kind: outermost }
    const facts = { evidence, caller }
    this.known.set(stack, facts)
    return facts
  }

  /** Addresses of locks that the stack holds for certain, and why. */
  holds(stack: number): ReadonlyMap<string, string> {
    const { g, origins } = this
    const out = new Map<string, string>()
    const { caller, evidence } = this.leaf(stack)
    let isWriter = false
    let isQueued = false
    for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1]; k++) {
      const call = g.stacks.call[k]
      const name = origins.name(g.calls.frame[call])
      if (name === 'sync.(*RWMutex).Lock') isWriter = true
      else if (name.endsWith('.lockSlow')) isQueued = true
      else if (name === 'sync.(*Once).doSlow' && caller >= 0 && k > caller) {
        // The Once's function runs inside of doSlow, which holds its Mutex, 4 bytes in.
        const address = firstArgument(g, call)
        if (address === '') continue
        out.set(address, 'runs the function of the Once')
        out.set(`0x${(BigInt(address) + 4n).toString(16)}`, 'runs the function of the Once')
      }
    }
    // A writer that waits for the readers to leave has the writers' Mutex, which lies first in an RWMutex.
    if (isWriter && !isQueued && evidence?.kind === 'RWMutex')
      out.set(evidence.address, 'is the writer that waits for the readers to leave')
    return out
  }

  /** Addresses that are certain in frames outside of sync. */
  mentions(stack: number): ReadonlySet<string> {
    const { g, origins } = this
    const out = new Set<string>()
    for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1]; k++) {
      const call = g.stacks.call[k]
      if (IN_SYNC.test(origins.name(g.calls.frame[call]))) continue
      for (const a of parseArguments(g.strings.get(g.calls.args[call])))
        if (a.certain && isAddress(a.hex)) out.add(a.hex)
    }
    return out
  }
}

/** The first argument if it is an address for certain, else ''. */
function firstArgument(g: Goroutines, call: number): string {
  const [first] = parseArguments(g.strings.get(g.calls.args[call]))
  return first?.certain && isAddress(first.hex) ? first.hex : ''
}

/** Looks for holders. Where it matters only whether there is exactly one, two rows are kept. */
class HolderSearch {
  private readonly g: Goroutines
  private readonly facts: StackFacts
  /** Per dump and address: a row that holds it for certain, and rows that mention it. */
  private readonly holding = new Map<string, { row: number; why: string }>()
  private readonly mentioning = new Map<string, number[]>()
  /** Per dump and function: rows that are inside of it. */
  private readonly inside = new Map<string, number[]>()

  constructor(g: Goroutines, facts: StackFacts, dumpOf: (row: number) => number, rows: readonly number[]) {
    this.g = g
    this.facts = facts
    /** Dump and stack -> rows that were looked at. */
    const seen = new Map<string, number>()
    for (const row of rows) {
      if (g.table.flags[row] & GOROUTINE.threadStack) continue
      const stack = g.table.stack[row]
      const dump = dumpOf(row)
      const times = (seen.get(`${dump} ${stack}`) ?? 0) + 1
      seen.set(`${dump} ${stack}`, times)
      // Two rows tell "one" from "several".
      if (times > 2) continue
      for (const [address, why] of facts.holds(stack)) this.holding.set(`${dump} ${address}`, { row, why })
      for (const address of facts.mentions(stack)) push(this.mentioning, `${dump} ${address}`, row)
      for (const fn of new Set(stackFunctions(g, stack))) push(this.inside, `${dump} ${fn}`, row)
    }
  }

  of(p: { dump: number; address: string; kind: WaitKind; rows: readonly number[] }): Holder | undefined {
    if (!HOLDABLE.has(p.kind)) return undefined
    const waiting = new Set(p.rows)
    const held = this.holding.get(`${p.dump} ${p.address}`)
    if (held !== undefined && !waiting.has(held.row)) return { ...held, certainty: 'proven' }
    const others = (this.mentioning.get(`${p.dump} ${p.address}`) ?? []).filter((r) => !waiting.has(r))
    if (others.length === 1)
      return { row: others[0], certainty: 'likely', why: `has ${p.address} among its arguments` }
    return this.furtherOn(p, waiting)
  }

  /** The only goroutine that is behind the place where the waiters lock, in the same function. */
  private furtherOn(
    p: { dump: number; rows: readonly number[] },
    waiting: ReadonlySet<number>,
  ): Holder | undefined {
    const { g, facts } = this
    const places = new Set<number>()
    for (const row of p.rows) places.add(facts.caller(g.table.stack[row]))
    // Waiters from everywhere: no function tells who has it.
    if (places.size > MOST_PLACES || places.has(0)) return undefined
    const found = new Set<number>()
    let where = ''
    for (const place of places) {
      const fn = g.frames.fn[place]
      for (const row of this.inside.get(`${p.dump} ${fn}`) ?? []) {
        if (waiting.has(row) || this.lineInside(g.table.stack[row], fn) <= g.frames.line[place]) continue
        found.add(row)
        where = g.strings.get(fn)
      }
    }
    if (found.size !== 1) return undefined
    const [row] = found
    return { row, certainty: 'likely', why: `is further on in ${where}, where the others lock` }
  }

  private lineInside(stack: number, fn: number): number {
    const { g } = this
    for (let k = g.stacks.start[stack]; k < g.stacks.start[stack + 1]; k++) {
      const frame = g.calls.frame[g.stacks.call[k]]
      if (g.frames.fn[frame] === fn) return g.frames.line[frame]
    }
    return 0
  }
}

/** Places that lock the same thing, of which one may show the holder. */
const MOST_PLACES = 4

function push(map: Map<string, number[]>, key: string, row: number): void {
  const rows = map.get(key)
  if (rows === undefined) map.set(key, [row])
  else rows.push(row)
}

/** Circles of "waits for what ... holds". */
function cyclesOf(g: Goroutines, points: readonly WaitPoint[]): WaitCycle[] {
  const next = new Map<number, Holder>()
  for (const p of points) if (p.holder !== undefined) for (const row of p.rows) next.set(row, p.holder)
  const done = new Set<number>()
  const out: WaitCycle[] = []
  for (const first of next.keys()) {
    const path: number[] = []
    const at = new Map<number, number>()
    let row: number | undefined = first
    while (row !== undefined && !done.has(row) && !at.has(row)) {
      at.set(row, path.length)
      path.push(row)
      row = next.get(row)?.row
    }
    if (row !== undefined && at.has(row)) {
      const rows = path.slice(at.get(row))
      // What the collector calls leaked is proven to wait for ever, so the circle is closed.
      const leaked = rows.every((r) => g.table.flags[r] & GOROUTINE.leaked)
      const likely = !leaked && rows.some((r) => next.get(r)?.certainty === 'likely')
      out.push({ rows, certainty: likely ? 'likely' : 'proven' })
    }
    for (const r of path) done.add(r)
  }
  return out
}

function dumpsOfRows(g: Goroutines): (row: number) => number {
  const of = new Uint32Array(g.table.count)
  g.dumps.forEach((d, k) => {
    of.fill(k, d.start, d.end)
  })
  return (row) => of[row]
}
