// Compile units and the attributes of their entries (DWARF 5, section 7.5).

import { DecodeError } from '../base/errors.ts'
import { DwarfCursor, textAt } from './dwarf-cursor.ts'
import type { DwarfSections } from './dwarf-sections.ts'

const FORMAT = 'dwarf'

/** Attributes that are read; all others are stepped over. */
export const AT = {
  sibling: 0x01,
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compDir: 0x1b,
  abstractOrigin: 0x31,
  declLine: 0x3b,
  specification: 0x47,
  entryPc: 0x52,
  ranges: 0x55,
  callColumn: 0x57,
  callFile: 0x58,
  callLine: 0x59,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
  mipsLinkageName: 0x2007,
} as const

export const TAG = {
  inlinedSubroutine: 0x1d,
  compileUnit: 0x11,
  subprogram: 0x2e,
  partialUnit: 0x3c,
} as const

/** One kind of entry of a unit: which attributes it has, in which form. */
export interface Abbrev {
  readonly tag: number
  readonly children: boolean
  /** attribute, form, constant of DW_FORM_implicit_const; repeated. */
  readonly attrs: readonly number[]
}

/** A unit's header and the bases that its root entry gives. */
export interface Unit {
  readonly index: number
  /** Offset of the header in .debug_info; references within the unit count from here. */
  readonly offset: number
  /** Offset of the root entry, and of the end. */
  readonly start: number
  readonly end: number
  readonly version: number
  readonly wide: boolean
  readonly addressSize: number
  readonly abbrevs: ReadonlyMap<number, Abbrev>
  // From the root entry, 0 until it is read.
  strOffsetsBase: number
  addrBase: number
  rnglistsBase: number
}

/** The unit, of those in order, that an entry at an offset of .debug_info belongs to. */
export function unitAt(units: readonly Unit[], offset: number): Unit | undefined {
  let low = 0
  let high = units.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (units[middle].start > offset) high = middle
    else low = middle + 1
  }
  const unit = units[low - 1]
  return unit !== undefined && offset < unit.end ? unit : undefined
}

/** Reads entries of a unit from offset `at` on. */
export function unitCursor(sections: DwarfSections, unit: Unit, at: number): DwarfCursor {
  return new DwarfCursor(sections.get('info'), sections.little, at, unit.end)
}

/** What kind of value an attribute had. */
export const CLASS = {
  none: 0,
  address: 1,
  constant: 2,
  text: 3,
  /** Offset in .debug_info. */
  reference: 4,
  /** Offset in another section. */
  offset: 5,
  /** Number of a range list in the unit's table. */
  rangeIndex: 6,
} as const

/** Attribute values as they are read; one object, written over by each `read`. */
export class FormValue {
  cls: number = CLASS.none
  value = 0
  /** The section that holds a text at `value`. */
  section: Uint8Array = EMPTY
}

const EMPTY = new Uint8Array(0)

/** Abbreviation tables by offset; units share them. */
export class AbbrevTables {
  private readonly tables = new Map<number, ReadonlyMap<number, Abbrev>>()
  private total = 0
  private readonly sections: DwarfSections
  constructor(sections: DwarfSections) {
    this.sections = sections
  }

  at(offset: number): ReadonlyMap<number, Abbrev> {
    let table = this.tables.get(offset)
    if (table === undefined) {
      table = this.decode(offset)
      this.tables.set(offset, table)
    }
    return table
  }

  private decode(offset: number): ReadonlyMap<number, Abbrev> {
    const c = new DwarfCursor(this.sections.get('abbrev'), this.sections.little, offset)
    const table = new Map<number, Abbrev>()
    for (;;) {
      const code = c.uleb()
      if (code === 0) return table
      const tag = c.uleb()
      const children = c.u8() !== 0
      const attrs: number[] = []
      for (;;) {
        const attr = c.uleb()
        const form = c.uleb()
        if (attr === 0 && form === 0) break
        attrs.push(attr, form, form === 0x21 ? c.sleb() : 0)
        // Some forms take no bytes in the entries, so long lists would make short entries slow.
        if (attrs.length > 3 * MAX_ATTRS || ++this.total > MAX_TOTAL) {
          throw new DecodeError(FORMAT, offset, 'too many attributes in the debug data')
        }
      }
      table.set(code, { tag, children, attrs })
    }
  }
}

/** Compilers write some twenty per entry. */
const MAX_ATTRS = 256
/** All tables together; they overlap only in damaged files. */
const MAX_TOTAL = 1 << 22

/** Reads the headers of all units; stops at the first damaged one. */
export function decodeUnits(sections: DwarfSections, abbrevs: AbbrevTables): Unit[] {
  const units: Unit[] = []
  const info = sections.get('info')
  let at = 0
  while (at < info.length) {
    try {
      const c = new DwarfCursor(info, sections.little, at)
      const { end, wide } = c.unitEnd()
      const offset = at
      at = end
      if (c.pos === end) continue
      c.end = end
      const version = c.u16()
      if (version < 2 || version > 5)
        throw new DecodeError(FORMAT, offset, `unsupported DWARF version ${version}`)
      let type = 1
      let addressSize = 0
      if (version >= 5) {
        type = c.u8()
        addressSize = c.u8()
      }
      const table = abbrevs.at(c.offset(wide))
      if (version < 5) addressSize = c.u8()
      // Skeleton and split units carry an id, type units a signature and an offset.
      if (type === 4 || type === 5) c.skip(8)
      else if (type === 2 || type === 6) c.skip(wide ? 16 : 12)
      units.push({
        index: units.length,
        offset,
        start: c.pos,
        end,
        version,
        wide,
        addressSize,
        abbrevs: table,
        strOffsetsBase: 0,
        addrBase: 0,
        rnglistsBase: 0,
      })
    } catch (e) {
      if (e instanceof DecodeError) break
      throw e
    }
  }
  return units
}

/** Reads or steps over attribute values of one unit. */
export class FormReader {
  private readonly sections: DwarfSections
  constructor(sections: DwarfSections) {
    this.sections = sections
  }

  /** Reads the value at the cursor into `out`. Throws DecodeError on forms that are not known. */
  read(c: DwarfCursor, unit: Unit, form: number, implicit: number, out: FormValue): void {
    const set = (cls: number, value: number): void => {
      out.cls = cls
      out.value = value
    }
    const text = (section: Uint8Array, at: number): void => {
      set(CLASS.text, at)
      out.section = section
    }
    switch (form) {
      case 0x01:
        set(CLASS.address, c.address(unit.addressSize))
        return
      case 0x1b:
      case 0x1f01:
        set(CLASS.address, this.indexedAddress(unit, c.uleb()))
        return
      case 0x29:
        set(CLASS.address, this.indexedAddress(unit, c.u8()))
        return
      case 0x2a:
        set(CLASS.address, this.indexedAddress(unit, c.u16()))
        return
      case 0x2b:
        set(CLASS.address, this.indexedAddress(unit, c.u24()))
        return
      case 0x2c:
        set(CLASS.address, this.indexedAddress(unit, c.u32()))
        return
      case 0x0b:
        set(CLASS.constant, c.u8())
        return
      case 0x05:
        set(CLASS.constant, c.u16())
        return
      // Before DWARF 4, data4 and data8 were also used for offsets in sections.
      case 0x06:
        set(unit.version < 4 ? CLASS.offset : CLASS.constant, c.u32())
        return
      case 0x07:
        set(unit.version < 4 ? CLASS.offset : CLASS.constant, c.u64())
        return
      case 0x0d:
        set(CLASS.constant, c.sleb())
        return
      case 0x0f:
        set(CLASS.constant, c.uleb())
        return
      case 0x21:
        set(CLASS.constant, implicit)
        return
      case 0x08:
        text(c.bytes, c.skipText())
        return
      case 0x0e:
        text(this.sections.get('str'), c.offset(unit.wide))
        return
      case 0x1f:
        text(this.sections.get('line_str'), c.offset(unit.wide))
        return
      case 0x1a:
      case 0x1f02:
        text(this.sections.get('str'), this.stringOffset(unit, c.uleb()))
        return
      case 0x25:
        text(this.sections.get('str'), this.stringOffset(unit, c.u8()))
        return
      case 0x26:
        text(this.sections.get('str'), this.stringOffset(unit, c.u16()))
        return
      case 0x27:
        text(this.sections.get('str'), this.stringOffset(unit, c.u24()))
        return
      case 0x28:
        text(this.sections.get('str'), this.stringOffset(unit, c.u32()))
        return
      case 0x10:
        set(CLASS.reference, unit.version === 2 ? c.address(unit.addressSize) : c.offset(unit.wide))
        return
      case 0x11:
        set(CLASS.reference, unit.offset + c.u8())
        return
      case 0x12:
        set(CLASS.reference, unit.offset + c.u16())
        return
      case 0x13:
        set(CLASS.reference, unit.offset + c.u32())
        return
      case 0x14:
        set(CLASS.reference, unit.offset + c.u64())
        return
      case 0x15:
        set(CLASS.reference, unit.offset + c.uleb())
        return
      case 0x17:
        set(CLASS.offset, c.offset(unit.wide))
        return
      case 0x23:
        set(CLASS.rangeIndex, c.uleb())
        return
      case 0x16:
        // The form stands in front of the value; one level, or a hostile file could nest them.
        this.read(c, unit, notIndirect(c), 0, out)
        return
      default:
        set(CLASS.none, 0)
        skipForm(c, unit, form)
        return
    }
  }

  private indexedAddress(unit: Unit, index: number): number {
    const at = unit.addrBase + index * unit.addressSize
    return new DwarfCursor(this.sections.get('addr'), this.sections.little, at).address(unit.addressSize)
  }

  private stringOffset(unit: Unit, index: number): number {
    const at = unit.strOffsetsBase + index * (unit.wide ? 8 : 4)
    return new DwarfCursor(this.sections.get('str_offsets'), this.sections.little, at).offset(unit.wide)
  }
}

function notIndirect(c: DwarfCursor): number {
  const form = c.uleb()
  if (form === 0x16 || form === 0x21)
    throw new DecodeError(FORMAT, c.pos, 'an indirect form of an indirect form')
  return form
}

// Fixed sizes of forms, by number; -1 = other.
const FIXED: readonly number[] = Array.from({ length: 0x2d }, (_, form) => {
  const sizes: Readonly<Record<number, number>> = {
    5: 2,
    6: 4,
    7: 8,
    11: 1,
    12: 1,
    17: 1,
    18: 2,
    19: 4,
    20: 8,
    25: 0,
    28: 4,
    30: 16,
    32: 8,
    33: 0,
    36: 8,
    37: 1,
    38: 2,
    39: 3,
    40: 4,
    41: 1,
    42: 2,
    43: 3,
    44: 4,
  }
  return sizes[form] ?? -1
})

/** Steps over a value of this form. */
export function skipForm(c: DwarfCursor, unit: Unit, form: number): void {
  const fixed = FIXED[form] ?? -1
  if (fixed >= 0) {
    c.skip(fixed)
    return
  }
  switch (form) {
    case 0x01:
      c.skip(unit.addressSize)
      return
    case 0x03:
      c.skip(c.u16())
      return
    case 0x04:
      c.skip(c.u32())
      return
    case 0x0a:
      c.skip(c.u8())
      return
    case 0x09:
    case 0x18:
      c.skip(c.uleb())
      return
    case 0x08:
      c.skipText()
      return
    case 0x0d:
    case 0x0f:
    case 0x15:
    case 0x1a:
    case 0x1b:
    case 0x22:
    case 0x23:
    case 0x1f01:
    case 0x1f02:
      c.uleb()
      return
    case 0x10:
      if (unit.version === 2) c.skip(unit.addressSize)
      else c.offset(unit.wide)
      return
    case 0x0e:
    case 0x17:
    case 0x1d:
    case 0x1f:
    case 0x1f20:
    case 0x1f21:
      c.offset(unit.wide)
      return
    case 0x16:
      skipForm(c, unit, notIndirect(c))
      return
    default:
      throw new DecodeError(FORMAT, c.pos, `unknown form ${form} in the debug data`)
  }
}

/** The text of a value, '' if it is none. */
export function formText(v: FormValue): string {
  return v.cls === CLASS.text ? textAt(v.section, v.value) : ''
}
