// Questions that rules ask of one profile: how much of it has a frame of some kind in its stack, and
// whose code called that. Stacks are looked at by function name, inlined calls included.

import type { Profile } from '../model/profile.ts'
import { FUNCTION_KINDS, type FunctionKind } from './function-kinds.ts'
import { type Origin, Origins } from './origin.ts'

/** Weight by function, heaviest first. */
export interface Weighted {
  readonly name: string
  readonly weight: number
}

/** What part of a profile answers a question. */
export interface Part {
  readonly weight: number
  /** How many samples were taken, where the profile counts them (CPU profiles do); else rows with weight. */
  readonly samples: number
  /** Share of the profile's total, 0 to 1; 0 of an empty profile. */
  readonly share: number
  /**
   * The nearest functions of the user's code that called it (of modules, then of the standard library
   * where no user code is on the stack), heaviest first.
   */
  readonly culprits: readonly Weighted[]
  /** Culprit -> the function of the user's code that calls it for most of its weight, if one does. */
  readonly callers: ReadonlyMap<string, string>
}

/** Tests the name of a function. */
export type NameTest = (name: string, row: number) => boolean

/** One sample type of one profile, as sums over function names. */
export class StackFacts {
  readonly profile: Profile
  /** Row of profile.sampleTypes. */
  readonly type: number
  /** Sum over all samples; negative values count as 0. */
  readonly total: number
  /** Rows with weight. */
  readonly samples: number
  /** Function names, rows from 0. */
  readonly names: readonly string[]
  /** Weight of a name as the leaf, and anywhere on the stack. */
  readonly flat: Float64Array
  readonly cum: Float64Array
  private readonly origins: Origins
  private readonly originByName: (Origin | undefined)[]
  /** Function row -> name row. */
  private readonly nameOfFn: Int32Array
  private readonly stacks: Int32Array
  private readonly stackStart: Uint32Array
  private readonly value: Float64Array
  /** Samples that a row stands for. */
  private readonly count: Float64Array
  private readonly kinds = new Map<FunctionKind, Uint8Array>()

  constructor(profile: Profile, type: number) {
    this.profile = profile
    this.type = type
    this.origins = new Origins(profile)
    const { functions, strings, locations, lines, samples } = profile
    const rowByString = new Map<number, number>()
    const names: string[] = []
    this.nameOfFn = new Int32Array(functions.count + 1)
    for (let fn = 1; fn <= functions.count; fn++) {
      const id = functions.name[fn]
      let row = rowByString.get(id)
      if (row === undefined) {
        row = names.push(strings.get(id)) - 1
        rowByString.set(id, row)
      }
      this.nameOfFn[fn] = row
    }
    this.names = names
    this.originByName = names.map((n) => this.origins.ofName(n))
    // Stacks as names, leaf first: every question walks them, and lines of locations are two look-ups more.
    let length = 0
    for (let s = 0; s < samples.count; s++)
      for (let i = samples.stackStart[s]; i < samples.stackEnd[s]; i++) {
        const loc = samples.frame[i]
        length += locations.lineEnd[loc] - locations.lineStart[loc]
      }
    this.stacks = new Int32Array(length)
    this.stackStart = new Uint32Array(samples.count + 1)
    this.value = new Float64Array(samples.count)
    const counted = profile.sampleTypes.findIndex((t) => t.type === 'samples' && t.unit === 'count')
    this.count =
      counted < 0 ? new Float64Array(samples.count).fill(1) : Float64Array.from(samples.value[counted].f)
    this.flat = new Float64Array(names.length)
    this.cum = new Float64Array(names.length)
    const seen = new Int32Array(names.length).fill(-1)
    const column = samples.value[type]
    let at = 0
    let total = 0
    let rows = 0
    for (let s = 0; s < samples.count; s++) {
      this.stackStart[s] = at
      for (let i = samples.stackStart[s]; i < samples.stackEnd[s]; i++) {
        const loc = samples.frame[i]
        for (let l = locations.lineStart[loc]; l < locations.lineEnd[loc]; l++)
          this.stacks[at++] = this.nameOfFn[lines.fn[l]]
      }
      const v = Math.max(0, Number(column.get(s)))
      this.value[s] = v
      if (v === 0) continue
      total += v
      rows += this.count[s]
      if (at > this.stackStart[s]) this.flat[this.stacks[this.stackStart[s]]] += v
      for (let i = this.stackStart[s]; i < at; i++) {
        const name = this.stacks[i]
        if (seen[name] === s) continue
        seen[name] = s
        this.cum[name] += v
      }
    }
    this.stackStart[samples.count] = at
    this.total = total
    this.samples = rows
  }

  share(weight: number): number {
    return this.total > 0 ? weight / this.total : 0
  }

  originOf(row: number): Origin | undefined {
    return this.originByName[row]
  }

  /** Name row -> 1 if the function is of the kind. */
  ofKind(kind: FunctionKind): Uint8Array {
    let known = this.kinds.get(kind)
    if (known === undefined) {
      const pattern = FUNCTION_KINDS[kind]
      known = Uint8Array.from(this.names, (n, row) =>
        this.originByName[row] === 'main' ? 0 : pattern.test(n) ? 1 : 0,
      )
      this.kinds.set(kind, known)
    }
    return known
  }

  /** Name rows for which `test` holds, as marks. */
  mark(test: NameTest): Uint8Array {
    return Uint8Array.from(this.names, (n, row) => (test(n, row) ? 1 : 0))
  }

  /** Names of functions of one of the kinds. */
  marked(...kinds: readonly FunctionKind[]): Uint8Array {
    const out = new Uint8Array(this.names.length)
    for (const kind of kinds)
      this.ofKind(kind).forEach((is, row) => {
        if (is === 1) out[row] = 1
      })
    return out
  }

  /**
   * Samples with a marked frame, and who called it: walking from the leaf, the nearest user frame at or
   * above the first marked one. With `without`, samples that also have a frame marked there are left out.
   */
  with(marks: Uint8Array, without?: Uint8Array): Part {
    return this.part((from, to) => {
      let at = -1
      for (let i = from; i < to; i++) {
        const name = this.stacks[i]
        if (at < 0 && marks[name] === 1) at = i
        if (without !== undefined && without[name] === 1) return -1
      }
      return at
    })
  }

  /** Samples whose leaf is marked. */
  leaf(marks: Uint8Array): Part {
    return this.part((from, to) => (from < to && marks[this.stacks[from]] === 1 ? from : -1))
  }

  /** All samples, by their nearest user frame. */
  all(): Part {
    return this.part((from) => from)
  }

  /** Samples with some frame of the user's code. */
  ofUser(): Part {
    return this.part((from, to) => {
      for (let i = from; i < to; i++) if (this.originByName[this.stacks[i]] === 'main') return i
      return -1
    })
  }

  /**
   * Calls `see` per sample with weight (with `empty`, of all): the stack's name rows are `stack[from, to)`, leaf first.
   */
  each(
    see: (row: number, weight: number, stack: Int32Array, from: number, to: number) => void,
    empty = false,
  ): void {
    for (let s = 0; s < this.value.length; s++)
      if (empty || this.value[s] > 0)
        see(s, this.value[s], this.stacks, this.stackStart[s], this.stackStart[s + 1])
  }

  /** The part of the samples for which `find` gives an index into the stack, -1 for the others. */
  part(find: (from: number, to: number, row: number) => number): Part {
    const byName = new Map<number, number>()
    const byCaller = new Map<number, Map<number, number>>()
    let weight = 0
    let samples = 0
    for (let s = 0; s < this.value.length; s++) {
      const v = this.value[s]
      if (v === 0) continue
      const from = this.stackStart[s]
      const to = this.stackStart[s + 1]
      const at = find(from, to, s)
      if (at < 0) continue
      weight += v
      samples += this.count[s]
      const where = this.culpritIndex(at, to)
      if (where < 0) continue
      const culprit = this.stacks[where]
      byName.set(culprit, (byName.get(culprit) ?? 0) + v)
      const caller = this.callerAt(where, to)
      if (caller < 0) continue
      let callers = byCaller.get(culprit)
      if (callers === undefined) {
        callers = new Map()
        byCaller.set(culprit, callers)
      }
      callers.set(caller, (callers.get(caller) ?? 0) + v)
    }
    const culprits = [...byName]
      .map(([row, w]) => ({ name: this.names[row], weight: w }))
      .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
    const callers = new Map<string, string>()
    for (const [culprit, counts] of byCaller)
      for (const [caller, w] of counts)
        if (w > (byName.get(culprit) ?? 0) / 2) callers.set(this.names[culprit], this.names[caller])
    return { weight, samples, share: this.share(weight), culprits, callers }
  }

  /** Name row at an index into the stacks, as `part` gives them. */
  nameAt(i: number): number {
    return this.stacks[i]
  }

  /** Name row of the nearest user function at or above stack index `at`; a module's or the outermost otherwise; -1 for none. */
  culpritAt(at: number, to: number): number {
    const where = this.culpritIndex(at, to)
    return where < 0 ? -1 : this.stacks[where]
  }

  private culpritIndex(at: number, to: number): number {
    let module = -1
    for (let i = at; i < to; i++) {
      const origin = this.originByName[this.stacks[i]]
      if (origin === 'main') return i
      if (origin === 'module' && module < 0) module = i
    }
    return module
  }

  /** Name row of the user's function that calls the one at stack index `at`; -1 for none. */
  private callerAt(at: number, to: number): number {
    for (let i = at + 1; i < to; i++) {
      const name = this.stacks[i]
      if (name !== this.stacks[at] && this.originByName[name] === 'main') return name
    }
    return -1
  }

  /** Where a function lies: its file and the line with most weight of it; undefined if the profile does not say. */
  placeOf(name: string): { readonly file: string; readonly line: number } | undefined {
    const { functions, strings, locations, lines, samples } = this.profile
    const weights = new Map<string, { file: string; line: number; weight: number }>()
    for (let s = 0; s < samples.count; s++) {
      const v = this.value[s]
      if (v === 0) continue
      for (let i = samples.stackStart[s]; i < samples.stackEnd[s]; i++) {
        const loc = samples.frame[i]
        for (let l = locations.lineStart[loc]; l < locations.lineEnd[loc]; l++) {
          const fn = lines.fn[l]
          if (this.names[this.nameOfFn[fn]] !== name) continue
          const file = strings.get(functions.filename[fn])
          const line = Number(lines.line.get(l))
          if (file === '' || line <= 0) continue
          const key = `${file}:${line}`
          const known = weights.get(key)
          if (known === undefined) weights.set(key, { file, line, weight: v })
          else known.weight += v
        }
      }
    }
    let best: { file: string; line: number; weight: number } | undefined
    for (const w of weights.values()) if (best === undefined || w.weight > best.weight) best = w
    return best && { file: best.file, line: best.line }
  }
}
