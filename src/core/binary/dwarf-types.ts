// Types, global variables and the variables of functions of a Go program, from its debug information.
//
// 1. One walk over all entries notes where global variables, functions and types stand that the runtime
//    has a descriptor of (Go marks those with an attribute of its own).
// 2. A type is read when it is first asked for, and kept; types are numbered from 0 on.
//
// Attributes and kinds of Go: cmd/internal/dwarf/dwarf.go, internal/abi/type.go.

import { DecodeError } from '../base/errors.ts'
import { DwarfCursor } from './dwarf-cursor.ts'
import type { DwarfSections } from './dwarf-sections.ts'
import {
  type Abbrev,
  AbbrevTables,
  CLASS,
  decodeUnits,
  FormReader,
  FormValue,
  formText,
  skipForm,
  type Unit,
  unitAt,
  unitCursor,
} from './dwarf-unit.ts'

const FORMAT = 'dwarf'

const AT = {
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  lowPc: 0x11,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  count: 0x37,
  memberLocation: 0x38,
  type: 0x49,
  addrBase: 0x73,
  goKind: 0x2900,
  goRuntimeType: 0x2904,
  goClosureOffset: 0x2907,
} as const

const TAG = {
  array: 0x01,
  parameter: 0x05,
  pointer: 0x0f,
  struct: 0x13,
  subroutine: 0x15,
  typedef: 0x16,
  subrange: 0x21,
  member: 0x0d,
  subprogram: 0x2e,
  variable: 0x34,
} as const

/** Kinds of Go's reflection that the entries do not tell by their tag. */
const KIND = { interface: 20, slice: 23, string: 24, unsafePointer: 26 } as const
/** Flags in the kind of Go versions up to 1.25. */
const KIND_MASK = 31

export interface GoMember {
  readonly name: string
  readonly offset: number
  /** Type by number. */
  readonly type: number
}

export interface GoType {
  readonly name: string
  /** Bytes, 0 if unknown. */
  readonly size: number
  readonly kind:
    | 'struct'
    | 'array'
    | 'slice'
    | 'string'
    | 'pointer'
    | 'func'
    | 'iface'
    | 'eface'
    | 'unsafe'
    | 'scalar'
  /** Element of an array, a slice (that of the array it points to) or a pointer; -1 for none. */
  readonly elem: number
  /** Of structs, by offset. */
  readonly members: readonly GoMember[]
}

export interface GoVariable {
  readonly name: string
  readonly address: number
  readonly type: number
  readonly size: number
}

/** A variable of a function; `at` says where it is while the function is at some place. */
export interface GoLocal {
  readonly name: string
  readonly type: number
  /** Pieces that lie on the stack: bytes from the canonical frame address, and which bytes of the variable. */
  readonly pieces: readonly { readonly frame: number; readonly offset: number; readonly size: number }[]
}

/** A variable of the enclosing function that a closure has. */
export interface GoCapture {
  readonly name: string
  readonly type: number
  /** Bytes into the closure. */
  readonly offset: number
}

const NO_TYPE: GoType = { name: '', size: 0, kind: 'scalar', elem: -1, members: [] }
/** Typedefs of typedefs; more are a cycle. */
const MAX_HOPS = 16
/** Members of a struct, variables of a function. */
const MAX_CHILDREN = 1 << 16

interface Entry {
  tag: number
  children: boolean
  /** Where the children, or the next entry, begin. */
  next: number
  name: string
  size: number
  type: number
  origin: number
  offset: number
  count: number
  lowPc: number
  goKind: number
  runtimeType: number
  closureOffset: number
  /** Location: an expression, or the offset of a list. */
  expression: Uint8Array | undefined
  locationList: number
}

export class GoTypes {
  /** By address. */
  readonly variables: readonly GoVariable[]
  private readonly sections: DwarfSections
  private readonly forms: FormReader
  private readonly units: readonly Unit[]
  private readonly value = new FormValue()
  private readonly ids = new Map<number, number>()
  private readonly offsets: number[] = []
  private readonly types: (GoType | undefined)[] = []
  /** Address (or offset from the first) of a type descriptor -> entry of the type. */
  private readonly runtimeTypes = new Map<number, number>()
  /** Entry address of a function -> its entry in the debug information. */
  private readonly functions = new Map<number, number>()
  /** Base addresses of units, for location lists. */
  private readonly unitBase = new Map<number, number>()

  /** Walks all entries. Throws DecodeError if a section cannot be read at all; damage within it ends a unit. */
  constructor(sections: DwarfSections) {
    this.sections = sections
    this.forms = new FormReader(sections)
    this.units = decodeUnits(sections, new AbbrevTables(sections))
    const variables: GoVariable[] = []
    for (const unit of this.units) {
      try {
        this.scan(unit, variables)
      } catch (e) {
        if (!(e instanceof DecodeError)) throw e
      }
    }
    variables.sort((a, b) => a.address - b.address)
    this.variables = variables.map((v) => ({ ...v, size: this.type(v.type).size }))
  }

  /** The global variable that covers an address. */
  variableAt(address: number): number {
    let low = 0
    let high = this.variables.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.variables[middle].address <= address) low = middle + 1
      else high = middle
    }
    const v = this.variables[low - 1]
    return v !== undefined && address < v.address + Math.max(v.size, 1) ? low - 1 : -1
  }

  /** The type of a descriptor, by its address or by its distance from the first one; -1 if unknown. */
  typeOfDescriptor(address: number): number {
    const entry = this.runtimeTypes.get(address)
    return entry === undefined ? -1 : this.idOf(entry)
  }

  /** A type by number. Damaged ones are without name and size. */
  type(id: number): GoType {
    let type = this.types[id]
    if (type === undefined) {
      // In case a damaged type contains itself.
      this.types[id] = NO_TYPE
      type = this.readType(this.offsets[id])
      this.types[id] = type
    }
    return type
  }

  get typeCount(): number {
    return this.offsets.length
  }

  private idOf(offset: number): number {
    let id = this.ids.get(offset)
    if (id === undefined) {
      id = this.offsets.length
      this.ids.set(offset, id)
      this.offsets.push(offset)
      this.types.push(undefined)
    }
    return id
  }

  // ---- walking ----

  private scan(unit: Unit, variables: GoVariable[]): void {
    const c = unitCursor(this.sections, unit, unit.start)
    let depth = 0
    while (c.pos < unit.end) {
      const at = c.pos
      const code = c.uleb()
      if (code === 0) {
        if (--depth <= 0) return
        continue
      }
      const abbrev = unit.abbrevs.get(code)
      if (abbrev === undefined) throw new DecodeError(FORMAT, at, 'an entry of an unknown kind')
      if (depth === 0) this.readRoot(unit, at, abbrev)
      if (depth === 0 || !wanted(abbrev, depth)) {
        for (let k = 0; k < abbrev.attrs.length; k += 3) skipForm(c, unit, abbrev.attrs[k + 1])
      } else {
        const e = this.attributes(c, unit, abbrev)
        if (abbrev.tag === TAG.variable) {
          const address = addressOf(e.expression, this.sections.little, unit.addressSize)
          if (address >= 0 && e.type >= 0 && e.name !== '')
            variables.push({ name: e.name, address, type: this.idOf(e.type), size: 0 })
        } else if (abbrev.tag === TAG.subprogram) {
          if (!Number.isNaN(e.lowPc)) this.functions.set(e.lowPc, at)
        } else if (e.runtimeType !== 0) this.runtimeTypes.set(e.runtimeType, at)
      }
      if (abbrev.children) depth++
      else if (depth === 0) return
    }
  }

  /** Bases that other attributes count from. */
  private readRoot(unit: Unit, at: number, abbrev: Abbrev): void {
    const c = unitCursor(this.sections, unit, at)
    c.uleb()
    const v = this.value
    for (let k = 0; k < abbrev.attrs.length; k += 3) {
      if (abbrev.attrs[k] === AT.addrBase) {
        this.forms.read(c, unit, abbrev.attrs[k + 1], abbrev.attrs[k + 2], v)
        unit.addrBase = v.value
      } else skipForm(c, unit, abbrev.attrs[k + 1])
    }
    const e = this.entry(unit, at)
    this.unitBase.set(unit.offset, Number.isNaN(e.lowPc) ? 0 : e.lowPc)
  }

  private entry(unit: Unit, at: number): Entry {
    const c = unitCursor(this.sections, unit, at)
    const abbrev = unit.abbrevs.get(c.uleb())
    if (abbrev === undefined) throw new DecodeError(FORMAT, at, 'an entry of an unknown kind')
    return this.attributes(c, unit, abbrev)
  }

  private attributes(c: DwarfCursor, unit: Unit, abbrev: Abbrev): Entry {
    const e: Entry = {
      tag: abbrev.tag,
      children: abbrev.children,
      next: 0,
      name: '',
      size: 0,
      type: -1,
      origin: -1,
      offset: 0,
      count: -1,
      lowPc: Number.NaN,
      goKind: 0,
      runtimeType: 0,
      closureOffset: -1,
      expression: undefined,
      locationList: -1,
    }
    const { attrs } = abbrev
    const v = this.value
    for (let k = 0; k < attrs.length; k += 3) {
      const form = attrs[k + 1]
      switch (attrs[k]) {
        case AT.location:
        case AT.memberLocation: {
          const block = blockOf(c, form)
          if (block !== undefined) {
            if (attrs[k] === AT.location) e.expression = block
            else e.offset = memberOffset(block, this.sections.little)
            continue
          }
          this.forms.read(c, unit, form, attrs[k + 2], v)
          if (attrs[k] === AT.location) e.locationList = v.cls === CLASS.text ? -1 : v.value
          else e.offset = v.value
          continue
        }
        case AT.name:
        case AT.byteSize:
        case AT.type:
        case AT.abstractOrigin:
        case AT.count:
        case AT.upperBound:
        case AT.lowPc:
        case AT.goKind:
        case AT.goRuntimeType:
        case AT.goClosureOffset:
          this.forms.read(c, unit, form, attrs[k + 2], v)
          break
        default:
          skipForm(c, unit, form)
          continue
      }
      this.take(e, attrs[k])
    }
    e.next = c.pos
    return e
  }

  private take(e: Entry, attribute: number): void {
    const v = this.value
    const reference = v.cls === CLASS.reference
    switch (attribute) {
      case AT.name:
        e.name = formText(v)
        return
      case AT.byteSize:
        e.size = v.value
        return
      case AT.type:
        if (reference) e.type = v.value
        return
      case AT.abstractOrigin:
        if (reference) e.origin = v.value
        return
      case AT.count:
        e.count = v.value
        return
      case AT.upperBound:
        // The last index; a count says more.
        if (e.count < 0) e.count = v.value + 1
        return
      case AT.lowPc:
        if (v.cls === CLASS.address) e.lowPc = v.value
        return
      case AT.goKind:
        e.goKind = v.value & KIND_MASK
        return
      case AT.goRuntimeType:
        e.runtimeType = v.value
        return
      case AT.goClosureOffset:
        e.closureOffset = v.value
        return
    }
  }

  // ---- types ----

  private readType(offset: number): GoType {
    try {
      let at = offset
      let name = ''
      let goKind = 0
      for (let hop = 0; hop < MAX_HOPS; hop++) {
        const unit = unitAt(this.units, at)
        if (unit === undefined) return NO_TYPE
        const e = this.entry(unit, at)
        name ||= e.name
        goKind ||= e.goKind
        if (e.tag !== TAG.typedef || e.type < 0) return this.plainType(unit, e, name, goKind)
        at = e.type
      }
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
    }
    return NO_TYPE
  }

  private plainType(unit: Unit, e: Entry, name: string, goKind: number): GoType {
    const pointer = unit.addressSize
    switch (e.tag) {
      case TAG.pointer:
        if (goKind === KIND.unsafePointer || e.type < 0)
          return { name, size: pointer, kind: 'unsafe', elem: -1, members: [] }
        return { name, size: pointer, kind: 'pointer', elem: this.idOf(e.type), members: [] }
      case TAG.subroutine:
        return { name, size: pointer, kind: 'func', elem: -1, members: [] }
      case TAG.array:
        return { name, size: e.size, kind: 'array', elem: e.type < 0 ? -1 : this.idOf(e.type), members: [] }
      case TAG.struct: {
        const members = this.members(unit, e)
        const first = members[0]
        if (goKind === KIND.string) return { name, size: e.size, kind: 'string', elem: -1, members }
        if (goKind === KIND.slice) {
          const elem = first === undefined ? -1 : this.type(first.type).elem
          return { name, size: e.size, kind: 'slice', elem, members }
        }
        if (goKind === KIND.interface || e.name === 'runtime.iface' || e.name === 'runtime.eface') {
          const kind = e.name === 'runtime.eface' || first?.name === '_type' ? 'eface' : 'iface'
          return { name, size: e.size, kind, elem: -1, members }
        }
        return { name, size: e.size, kind: 'struct', elem: -1, members }
      }
      default:
        return { name, size: e.size, kind: 'scalar', elem: -1, members: [] }
    }
  }

  private members(unit: Unit, parent: Entry): GoMember[] {
    const out: GoMember[] = []
    this.eachChild(unit, parent, (e) => {
      if (e.tag === TAG.member && e.type >= 0)
        out.push({ name: e.name, offset: e.offset, type: this.idOf(e.type) })
    })
    return out.sort((a, b) => a.offset - b.offset)
  }

  private eachChild(unit: Unit, parent: Entry, take: (e: Entry) => void): void {
    if (!parent.children) return
    let at = parent.next
    let depth = 1
    for (let n = 0; n < MAX_CHILDREN && at < unit.end; n++) {
      const c = unitCursor(this.sections, unit, at)
      const code = c.uleb()
      if (code === 0) {
        if (--depth === 0) return
        at = c.pos
        continue
      }
      const abbrev = unit.abbrevs.get(code)
      if (abbrev === undefined) return
      const e = this.attributes(c, unit, abbrev)
      take(e)
      if (abbrev.children) depth++
      at = e.next
    }
  }

  // ---- functions ----

  /** Variables of the function that begins at `entry`, as they are when it stands at `pc`. */
  locals(entry: number, pc: number): GoLocal[] {
    const out: GoLocal[] = []
    this.eachVariable(entry, (unit, e, name, type) => {
      const expression = e.expression ?? this.listed(unit, e.locationList, pc)
      if (expression === undefined) return
      const pieces = stackPieces(expression, this.sections.little, this.type(type).size)
      if (pieces.length > 0) out.push({ name, type, pieces })
    })
    return out
  }

  /** Variables that a closure of the function that begins at `entry` brings along. */
  captures(entry: number): GoCapture[] {
    const out: GoCapture[] = []
    this.eachVariable(entry, (_, e, name, type) => {
      if (e.closureOffset > 0) out.push({ name, type, offset: e.closureOffset })
    })
    return out.sort((a, b) => a.offset - b.offset)
  }

  private eachVariable(
    entry: number,
    take: (unit: Unit, e: Entry, name: string, type: number) => void,
  ): void {
    const at = this.functions.get(entry)
    const unit = at === undefined ? undefined : unitAt(this.units, at)
    if (at === undefined || unit === undefined) return
    try {
      this.eachChild(unit, this.entry(unit, at), (e) => {
        if (e.tag !== TAG.variable && e.tag !== TAG.parameter) return
        let { name, type } = e
        const origin = e.origin < 0 ? undefined : unitAt(this.units, e.origin)
        if (origin !== undefined) {
          const o = this.entry(origin, e.origin)
          name ||= o.name
          if (type < 0) type = o.type
        }
        if (type >= 0) take(unit, e, name, this.idOf(type))
      })
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
    }
  }

  /** The expression of a location list that holds at `pc`. */
  private listed(unit: Unit, list: number, pc: number): Uint8Array | undefined {
    if (list < 0) return undefined
    const base = this.unitBase.get(unit.offset) ?? 0
    try {
      return unit.version >= 5 ? this.fromLocLists(unit, list, pc, base) : this.fromLoc(unit, list, pc, base)
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      return undefined
    }
  }

  private fromLoc(unit: Unit, list: number, pc: number, unitBase: number): Uint8Array | undefined {
    const c = new DwarfCursor(this.sections.get('loc'), this.sections.little, list)
    let base = unitBase
    for (;;) {
      const low = c.address(unit.addressSize)
      const high = c.address(unit.addressSize)
      if (low === 0 && high === 0) return undefined
      // All ones: the base of what follows.
      if (low === -1 || (unit.addressSize === 4 && low === 0xffffffff)) {
        base = high
        continue
      }
      const length = c.u16()
      const at = c.pos
      c.skip(length)
      if (pc >= base + low && pc < base + high) return c.bytes.subarray(at, at + length)
    }
  }

  private fromLocLists(unit: Unit, list: number, pc: number, unitBase: number): Uint8Array | undefined {
    const c = new DwarfCursor(this.sections.get('loclists'), this.sections.little, list)
    const indexed = (): number => {
      const at = unit.addrBase + c.uleb() * unit.addressSize
      return new DwarfCursor(this.sections.get('addr'), this.sections.little, at).address(unit.addressSize)
    }
    let base = unitBase
    for (;;) {
      const kind = c.u8()
      let low = Number.NaN
      let high = Number.NaN
      switch (kind) {
        case 0:
          return undefined
        case 1:
          base = indexed()
          continue
        case 2:
          low = indexed()
          high = indexed()
          break
        case 3:
          low = indexed()
          high = low + c.uleb()
          break
        case 4:
          low = base + c.uleb()
          high = base + c.uleb()
          break
        case 5:
          break
        case 6:
          base = c.address(unit.addressSize)
          continue
        case 7:
          low = c.address(unit.addressSize)
          high = c.address(unit.addressSize)
          break
        case 8:
          low = c.address(unit.addressSize)
          high = low + c.uleb()
          break
        default:
          throw new DecodeError(FORMAT, c.pos, 'a location list of an unknown kind')
      }
      const length = c.uleb()
      const at = c.pos
      c.skip(length)
      if (pc >= low && pc < high) return c.bytes.subarray(at, at + length)
    }
  }
}

/** Whether an entry is looked at in the first walk. Variables count only outside of functions. */
function wanted(abbrev: Abbrev, depth: number): boolean {
  switch (abbrev.tag) {
    case TAG.subprogram:
      return true
    case TAG.variable:
      return depth === 1
    case TAG.array:
    case TAG.pointer:
    case TAG.struct:
    case TAG.subroutine:
    case TAG.typedef:
    case 0x24:
      for (let k = 0; k < abbrev.attrs.length; k += 3) if (abbrev.attrs[k] === AT.goRuntimeType) return true
      return false
    default:
      return false
  }
}

/** The bytes of a block form, undefined for other forms. */
function blockOf(c: DwarfCursor, form: number): Uint8Array | undefined {
  let length: number
  if (form === 0x18 || form === 0x09) length = c.uleb()
  else if (form === 0x0a) length = c.u8()
  else if (form === 0x03) length = c.u16()
  else if (form === 0x04) length = c.u32()
  else return undefined
  const at = c.pos
  c.skip(length)
  return c.bytes.subarray(at, at + length)
}

const OP = {
  addr: 0x03,
  consts: 0x11,
  plus: 0x22,
  plusUconst: 0x23,
  reg0: 0x50,
  reg31: 0x6f,
  regx: 0x90,
  fbreg: 0x91,
  piece: 0x93,
  callFrameCfa: 0x9c,
} as const

/** The address that an expression names, -1 if it is another one. */
function addressOf(expression: Uint8Array | undefined, little: boolean, size: number): number {
  if (expression === undefined || expression[0] !== OP.addr || expression.length !== 1 + size) return -1
  return new DwarfCursor(expression, little, 1).address(size)
}

/** Where a member lies: DW_OP_plus_uconst in front of the number, in old versions. */
function memberOffset(block: Uint8Array, little: boolean): number {
  if (block[0] !== OP.plusUconst) return 0
  return new DwarfCursor(block, little, 1).uleb()
}

/** The pieces of a variable that lie on the stack, by an expression as Go writes them. `size` is that of the variable. */
function stackPieces(expression: Uint8Array, little: boolean, size: number): GoLocal['pieces'] {
  const out: { frame: number; offset: number; size: number }[] = []
  const c = new DwarfCursor(expression, little)
  let offset = 0
  let frame = Number.NaN
  try {
    while (c.pos < c.end) {
      const op = c.u8()
      if (op === OP.fbreg) frame = c.sleb()
      else if (op === OP.callFrameCfa) frame = 0
      else if (op === OP.consts) {
        const n = c.sleb()
        if (c.u8() !== OP.plus) return out
        frame += n
      } else if (op === OP.plusUconst) frame += c.uleb()
      else if (op >= OP.reg0 && op <= OP.reg31) frame = Number.NaN
      else if (op === OP.regx) {
        c.uleb()
        frame = Number.NaN
      } else if (op === OP.piece) {
        const length = c.uleb()
        if (!Number.isNaN(frame)) out.push({ frame, offset, size: length })
        offset += length
        frame = Number.NaN
      } else return out
    }
    if (!Number.isNaN(frame)) out.push({ frame, offset, size: size - offset })
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
  }
  return out
}
