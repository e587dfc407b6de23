// Functions and inlined calls from debug information (DWARF 2 to 5).
//
// 1. Unit headers are read at once; of each unit the root entry, which says which addresses it covers.
// 2. Only units that an address falls into are read on: their functions and inlined calls become rows
//    (scopes) in the order of the file, so a scope's parent comes before it.
// 3. Names are read when asked for, following references to the declaration.

import { DecodeError } from '../base/errors.ts'
import { GrowU32 } from '../base/grow.ts'
import { Int64Builder } from '../base/int64.ts'
import { decodeLineTable, type LineTable } from './dwarf-line.ts'
import { RangeReader } from './dwarf-ranges.ts'
import type { DwarfSections } from './dwarf-sections.ts'
import {
  AbbrevTables,
  AT,
  CLASS,
  decodeUnits,
  FormReader,
  FormValue,
  formText,
  skipForm,
  TAG,
  type Unit,
  unitAt,
  unitCursor,
} from './dwarf-unit.ts'

const FORMAT = 'dwarf'

/** Functions and inlined calls of one unit, in file order. */
export interface Scopes {
  readonly count: number
  /** Offset of the entry in .debug_info. */
  readonly entry: Float64Array
  /** Row of the enclosing function or inlined call, -1 if none. */
  readonly parent: Int32Array
  /** 1 for an inlined call, 0 for a function. */
  readonly inlined: Uint8Array
  /** Addresses: low[rangeStart[row]..rangeStart[row + 1]) and high likewise. */
  readonly rangeStart: Uint32Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** Of inlined calls: where the call stands. 0 if unknown. */
  readonly callFile: Uint32Array
  readonly callLine: Float64Array
}

/** Root entry of a unit. */
interface Root {
  readonly compDir: string
  /** Offset of the line program, -1 if there is none. */
  readonly lines: number
  /** Address that range lists count from. */
  readonly base: number
}

/** A frame as debug information knows it. */
export interface DwarfFrame {
  readonly fn: string
  readonly file: string
  readonly line: number
  /** Line of the declaration, 0 if unknown. */
  readonly startLine: number
}

/** More hops from an entry to its declaration are a cycle. */
const MAX_HOPS = 8

export class Dwarf {
  readonly units: readonly Unit[]
  private readonly sections: DwarfSections
  private readonly forms: FormReader
  private readonly ranges: RangeReader
  private readonly value = new FormValue()
  private readonly roots: (Root | undefined)[] = []
  private readonly scopesOf = new Map<number, Scopes>()
  private readonly lineTables = new Map<number, LineTable | undefined>()
  // Address ranges of units, sorted by start.
  private readonly rangeLow: Float64Array
  private readonly rangeHigh: Float64Array
  private readonly rangeUnit: Uint32Array

  /** Reads unit headers and root entries. Throws DecodeError if a section cannot be read at all. */
  constructor(sections: DwarfSections) {
    this.sections = sections
    this.forms = new FormReader(sections)
    this.ranges = new RangeReader(sections)
    this.units = decodeUnits(sections, new AbbrevTables(sections))
    const low = new Int64Builder(64)
    const high = new Int64Builder(64)
    const unit = new GrowU32(64)
    for (const u of this.units) {
      try {
        const from = low.length
        this.roots.push(this.readRoot(u, low, high))
        for (let i = from; i < low.length; i++) unit.push(u.index)
      } catch (e) {
        if (!(e instanceof DecodeError)) throw e
        this.roots[u.index] = undefined
        while (unit.length < low.length) unit.push(u.index)
      }
    }
    const order = Uint32Array.from({ length: low.length }, (_, i) => i)
    order.sort((a, b) => low.f[a] - low.f[b] || a - b)
    this.rangeLow = Float64Array.from(order, (i) => low.f[i])
    this.rangeHigh = Float64Array.from(order, (i) => high.f[i])
    this.rangeUnit = Uint32Array.from(order, (i) => unit.a[i])
  }

  /** The unit that covers the address: the first in the file if there are several. undefined if none does. */
  unitAt(pc: number): Unit | undefined {
    const { rangeLow, rangeHigh, rangeUnit } = this
    let low = 0
    let high = rangeLow.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (rangeLow[middle] > pc) high = middle
      else low = middle + 1
    }
    // Overlaps come from code that the linker dropped; a miss costs a look at a few ranges.
    let best = -1
    for (let i = low - 1; i >= 0 && i >= low - 64; i--) {
      if (pc < rangeHigh[i] && (best < 0 || rangeUnit[i] < best)) best = rangeUnit[i]
    }
    return best < 0 ? undefined : this.units[best]
  }

  /** The unit's line table; undefined if it has none or it is damaged. */
  lines(unit: Unit): LineTable | undefined {
    const root = this.roots[unit.index]
    if (root === undefined || root.lines < 0) return undefined
    if (!this.lineTables.has(unit.index)) {
      this.lineTables.set(
        unit.index,
        orUndefined(() => decodeLineTable(this.sections, root.lines, unit.addressSize, root.compDir)),
      )
    }
    return this.lineTables.get(unit.index)
  }

  /** Functions and inlined calls of a unit. Damage ends the list early. */
  scopes(unit: Unit): Scopes {
    let scopes = this.scopesOf.get(unit.index)
    if (scopes === undefined) {
      scopes = this.readScopes(unit)
      this.scopesOf.set(unit.index, scopes)
    }
    return scopes
  }

  /** Rows of the scopes around an address, from the function to the innermost inlined call. */
  scopesAt(unit: Unit, pc: number): number[] {
    const s = this.scopes(unit)
    const out: number[] = []
    for (let row = 0; row < s.count; row++) {
      if (!covers(s, row, pc)) continue
      // A scope belongs to the chain if its parent is the last of it. The first function begins the chain.
      if (out.length === 0 ? s.inlined[row] === 0 : s.parent[row] === out[out.length - 1]) out.push(row)
    }
    return out
  }

  /** The name that stands in this very entry (no references followed), '' if none does. */
  ownName(scopes: Scopes, row: number): string {
    return this.entryText(scopes.entry[row]).name
  }

  /** Name and line of declaration of a scope, from itself or what it refers to. */
  describe(scopes: Scopes, row: number): { name: string; linkageName: string; declLine: number } {
    let entry = scopes.entry[row]
    let name = ''
    let linkageName = ''
    let declLine = 0
    for (let hop = 0; hop < MAX_HOPS && entry >= 0; hop++) {
      const t = this.entryText(entry)
      name ||= t.name
      linkageName ||= t.linkageName
      declLine ||= t.declLine
      entry = t.refersTo
    }
    return { name, linkageName, declLine }
  }

  /**
   * The frames at an address, innermost inlined call first, the function last. Empty if no unit covers
   * it. Functions without a name are ''.
   */
  frames(pc: number): DwarfFrame[] {
    const unit = this.unitAt(pc)
    if (unit === undefined) return []
    const lines = this.lines(unit)
    const row = lines?.row(pc) ?? -1
    let file = row < 0 ? '' : lines!.path(lines!.file[row])
    let line = row < 0 ? 0 : lines!.line[row]
    const scopes = this.scopes(unit)
    const chain = this.scopesAt(unit, pc)
    if (chain.length === 0) return row < 0 ? [] : [{ fn: '', file, line, startLine: 0 }]
    const out: DwarfFrame[] = []
    for (let k = chain.length - 1; k >= 0; k--) {
      const d = this.describe(scopes, chain[k])
      out.push({ fn: d.name || d.linkageName, file, line, startLine: d.declLine })
      file = lines?.path(scopes.callFile[chain[k]]) ?? ''
      line = scopes.callLine[chain[k]]
    }
    return out
  }

  // ---- reading entries ----

  private readRoot(unit: Unit, low: Int64Builder, high: Int64Builder): Root {
    const c = unitCursor(this.sections, unit, unit.start)
    const abbrev = unit.abbrevs.get(c.uleb())
    if (abbrev === undefined) throw new DecodeError(FORMAT, unit.start, 'a unit without a root')
    const v = this.value
    const a = abbrev.attrs
    // Bases first: other attributes of the same entry may count from them.
    for (let k = 0; k < a.length; k += 3) {
      const attr = a[k]
      if (attr === AT.strOffsetsBase || attr === AT.addrBase || attr === AT.rnglistsBase) {
        this.forms.read(c, unit, a[k + 1], a[k + 2], v)
        if (attr === AT.strOffsetsBase) unit.strOffsetsBase = v.value
        else if (attr === AT.addrBase) unit.addrBase = v.value
        else unit.rnglistsBase = v.value
      } else skipForm(c, unit, a[k + 1])
    }
    c.pos = unit.start
    c.uleb()
    let compDir = ''
    let lines = -1
    let lowPc = Number.NaN
    let highPc = Number.NaN
    let highIsSize = false
    let entryPc = Number.NaN
    let ranges = -1
    let rangeIndex = false
    for (let k = 0; k < a.length; k += 3) {
      switch (a[k]) {
        case AT.compDir:
        case AT.stmtList:
        case AT.lowPc:
        case AT.highPc:
        case AT.entryPc:
        case AT.ranges:
          this.forms.read(c, unit, a[k + 1], a[k + 2], v)
          break
        default:
          skipForm(c, unit, a[k + 1])
          continue
      }
      if (a[k] === AT.compDir) compDir = formText(v)
      else if (a[k] === AT.stmtList && v.cls !== CLASS.text) lines = v.value
      else if (a[k] === AT.lowPc && v.cls === CLASS.address) lowPc = v.value
      else if (a[k] === AT.entryPc && v.cls === CLASS.address) entryPc = v.value
      else if (a[k] === AT.highPc) {
        highPc = v.value
        highIsSize = v.cls !== CLASS.address
      } else if (a[k] === AT.ranges) {
        ranges = v.value
        rangeIndex = v.cls === CLASS.rangeIndex
      }
    }
    const base = !Number.isNaN(entryPc) ? entryPc : Number.isNaN(lowPc) ? 0 : lowPc
    addRange(low, high, lowPc, highPc, highIsSize)
    if (ranges >= 0) this.ranges.read(unit, base, ranges, rangeIndex, low, high)
    return { compDir, lines, base }
  }

  private readScopes(unit: Unit): Scopes {
    const entry = new Int64Builder(64)
    const parent = new GrowU32(64)
    const inlined = new GrowU32(64)
    const rangeStart = new GrowU32(64)
    const callFile = new GrowU32(64)
    const callLine = new Int64Builder(64)
    const low = new Int64Builder(64)
    const high = new Int64Builder(64)
    const base = this.roots[unit.index]?.base ?? 0
    // For each level of nesting, the scope that its entries lie in.
    const enclosing: number[] = [-1]
    const v = this.value
    const read = (): void => {
      const c = unitCursor(this.sections, unit, unit.start)
      while (c.pos < unit.end && enclosing.length > 0) {
        const at = c.pos
        const code = c.uleb()
        if (code === 0) {
          enclosing.pop()
          continue
        }
        const abbrev = unit.abbrevs.get(code)
        if (abbrev === undefined) throw new DecodeError(FORMAT, at, 'an entry of an unknown kind')
        const a = abbrev.attrs
        let scope = enclosing[enclosing.length - 1]
        if (abbrev.tag === TAG.subprogram || abbrev.tag === TAG.inlinedSubroutine) {
          let lowPc = Number.NaN
          let highPc = Number.NaN
          let highIsSize = false
          let ranges = -1
          let rangeIndex = false
          let file = 0
          let line = 0
          for (let k = 0; k < a.length; k += 3) {
            switch (a[k]) {
              case AT.lowPc:
                this.forms.read(c, unit, a[k + 1], a[k + 2], v)
                if (v.cls === CLASS.address) lowPc = v.value
                break
              case AT.highPc:
                this.forms.read(c, unit, a[k + 1], a[k + 2], v)
                highPc = v.value
                highIsSize = v.cls !== CLASS.address
                break
              case AT.ranges:
                this.forms.read(c, unit, a[k + 1], a[k + 2], v)
                ranges = v.value
                rangeIndex = v.cls === CLASS.rangeIndex
                break
              case AT.callFile:
                this.forms.read(c, unit, a[k + 1], a[k + 2], v)
                file = v.value
                break
              case AT.callLine:
                this.forms.read(c, unit, a[k + 1], a[k + 2], v)
                line = v.value
                break
              default:
                skipForm(c, unit, a[k + 1])
            }
          }
          const from = low.length
          addRange(low, high, lowPc, highPc, highIsSize)
          if (ranges >= 0) this.ranges.read(unit, base, ranges, rangeIndex, low, high)
          // Declarations and abstract copies have no code.
          if (low.length > from) {
            rangeStart.push(from)
            entry.push(at)
            parent.push(scope >>> 0)
            inlined.push(abbrev.tag === TAG.inlinedSubroutine ? 1 : 0)
            callFile.push(Math.max(file, 0))
            callLine.push(line)
            scope = entry.length - 1
          }
        } else {
          for (let k = 0; k < a.length; k += 3) skipForm(c, unit, a[k + 1])
        }
        if (abbrev.children) enclosing.push(scope)
        else if (enclosing.length === 1) break
      }
    }
    try {
      read()
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
    }
    const count = entry.length
    rangeStart.push(low.length)
    return {
      count,
      entry: entry.f.slice(0, count),
      parent: Int32Array.from(parent.a.subarray(0, count)),
      inlined: Uint8Array.from(inlined.a.subarray(0, count)),
      rangeStart: rangeStart.a.slice(0, count + 1),
      low: low.f.slice(0, low.length),
      high: high.f.slice(0, high.length),
      callFile: callFile.a.slice(0, count),
      callLine: callLine.f.slice(0, count),
    }
  }

  /** Name attributes of one entry, and the entry it refers to for what it does not say itself (-1: none). */
  private entryText(offset: number): {
    name: string
    linkageName: string
    declLine: number
    refersTo: number
  } {
    const out = { name: '', linkageName: '', declLine: 0, refersTo: -1 }
    const unit = unitAt(this.units, offset)
    if (unit === undefined) return out
    const v = this.value
    try {
      const c = unitCursor(this.sections, unit, offset)
      const a = unit.abbrevs.get(c.uleb())?.attrs ?? []
      for (let k = 0; k < a.length; k += 3) {
        switch (a[k]) {
          case AT.name:
            this.forms.read(c, unit, a[k + 1], a[k + 2], v)
            out.name = formText(v)
            break
          case AT.linkageName:
          case AT.mipsLinkageName:
            this.forms.read(c, unit, a[k + 1], a[k + 2], v)
            out.linkageName = formText(v)
            break
          case AT.declLine:
            this.forms.read(c, unit, a[k + 1], a[k + 2], v)
            out.declLine = v.value
            break
          case AT.abstractOrigin:
          case AT.specification:
            this.forms.read(c, unit, a[k + 1], a[k + 2], v)
            if (v.cls === CLASS.reference) out.refersTo = v.value
            break
          default:
            skipForm(c, unit, a[k + 1])
        }
      }
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
    }
    return out
  }
}

/** True if scope `row` covers the address. */
export function covers(s: Scopes, row: number, pc: number): boolean {
  for (let k = s.rangeStart[row]; k < s.rangeStart[row + 1]; k++)
    if (pc >= s.low[k] && pc < s.high[k]) return true
  return false
}

function addRange(
  low: Int64Builder,
  high: Int64Builder,
  lowPc: number,
  highPc: number,
  highIsSize: boolean,
): void {
  if (Number.isNaN(lowPc) || Number.isNaN(highPc)) return
  low.push(lowPc)
  high.push(highIsSize ? lowPc + highPc : highPc)
}

function orUndefined<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}
