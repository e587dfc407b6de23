import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../base/utf8.ts'
import { bytesReader } from './byte-reader.ts'
import { DwarfSections } from './dwarf-sections.ts'
import { GoTypes } from './dwarf-types.ts'
import type { Image, Section } from './image.ts'

const text = (s: string): number[] => [...encodeUtf8(s), 0]
const word = (v: number): number[] => {
  const out: number[] = []
  for (let k = 0, n = v; k < 8; k++, n = Math.floor(n / 256)) out.push(n % 256)
  return out
}
const u4 = (v: number): number[] => word(v).slice(0, 4)

/** Code, tag, children, attributes with their forms. */
const ABBREVS = [
  [1, 0x11, 1, 0x11, 0x01], // unit: low_pc
  [2, 0x13, 1, 0x03, 0x08, 0x0b, 0x0f, 0x80, 0x52, 0x0b, 0x84, 0x52, 0x01], // struct: name, size, kind, descriptor
  [3, 0x0d, 0, 0x03, 0x08, 0x38, 0x0f, 0x49, 0x13], // member: name, place, type
  [4, 0x0f, 0, 0x03, 0x08, 0x49, 0x13, 0x80, 0x52, 0x0b, 0x84, 0x52, 0x01], // pointer
  [5, 0x24, 0, 0x03, 0x08, 0x0b, 0x0f], // base type
  [6, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0x49, 0x13], // variable
  [7, 0x2e, 1, 0x03, 0x08, 0x11, 0x01], // function
  [8, 0x34, 0, 0x03, 0x08, 0x02, 0x17, 0x49, 0x13], // variable with a list
  [9, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x87, 0x52, 0x0f], // variable of a closure
]

/** A unit of DWARF 4, with references resolved by name. */
function unit(): { info: number[]; abbrev: number[]; loc: number[] } {
  const abbrev: number[] = []
  for (const a of ABBREVS) abbrev.push(...a, 0, 0)
  abbrev.push(0)
  const body: number[] = []
  const at = new Map<string, number>()
  const fix: [number, string][] = []
  const here = (name: string): void => {
    at.set(name, body.length + 11)
  }
  const ref = (name: string): number[] => {
    fix.push([body.length, name])
    return u4(0)
  }
  const put = (...bytes: number[]): void => {
    body.push(...bytes)
  }
  put(1, ...word(0x400000))
  here('int')
  put(5, ...text('int'), 8)
  here('T')
  put(2, ...text('main.T'), 24, 25, ...word(0x480000))
  put(3, ...text('id'), 0)
  put(...ref('int'))
  put(3, ...text('next'), 8)
  put(...ref('*T'))
  put(3, ...text('self'), 16)
  put(...ref('*T'))
  put(0)
  here('*T')
  put(4, ...text('*main.T'))
  put(...ref('T'))
  put(22, ...word(0x480040))
  put(6, ...text('main.root'), 9, 3, ...word(0x500010))
  put(...ref('*T'))
  put(7, ...text('main.f'), ...word(0x400100))
  // DW_OP_fbreg -24
  put(6, ...text('a'), 2, 0x91, 0x68)
  put(...ref('T'))
  put(8, ...text('b'), ...u4(0))
  put(...ref('T'))
  put(9, ...text('c'))
  put(...ref('*T'))
  put(16)
  put(0, 0)
  for (const [place, name] of fix) body.splice(place, 4, ...u4(at.get(name)!))
  const info = [...u4(body.length + 7), 4, 0, ...u4(0), 8, ...body]
  // From 0x400110 to 0x400120: 8 bytes in a register, then 16 at -40.
  const expression = [0x50, 0x93, 8, 0x91, 0x58, 0x93, 16]
  const loc = [...word(0x110), ...word(0x120), expression.length, 0, ...expression, ...word(0), ...word(0)]
  return { info, abbrev, loc }
}

function typesOf(parts: Readonly<Record<string, number[]>>): GoTypes {
  const all: number[] = []
  const sections: Section[] = Object.entries(parts).map(([name, bytes]) => {
    const offset = all.length
    all.push(...bytes)
    const fileSize = bytes.length
    return {
      name: `.debug_${name}`,
      segment: '',
      address: 0,
      size: fileSize,
      offset,
      fileSize,
      compressed: false,
    }
  })
  const image: Image = {
    format: 'elf',
    reader: bytesReader(Uint8Array.from(all)),
    arch: 'amd64',
    little: true,
    pointerSize: 8,
    kind: 'executable',
    entry: 0,
    sections,
    segments: [],
    loadAddress: undefined,
  }
  return new GoTypes(new DwarfSections(image, undefined))
}

describe('types of debug information', () => {
  test('variables, types that contain themselves, descriptors', () => {
    const go = typesOf(unit())
    expect(go.variables).toMatchObject([{ name: 'main.root', address: 0x500010, size: 8 }])
    expect(go.variableAt(0x500017)).toBe(0)
    expect(go.variableAt(0x500018)).toBe(-1)
    const pointer = go.type(go.variables[0].type)
    expect(pointer).toMatchObject({ kind: 'pointer', name: '*main.T', size: 8 })
    const t = go.type(pointer.elem)
    expect(t).toMatchObject({ kind: 'struct', name: 'main.T', size: 24 })
    expect(t.members.map((m) => [m.name, m.offset])).toEqual([
      ['id', 0],
      ['next', 8],
      ['self', 16],
    ])
    expect(go.type(t.members[1].type).elem).toBe(pointer.elem)
    expect(go.typeOfDescriptor(0x480000)).toBe(pointer.elem)
    expect(go.typeOfDescriptor(0x480001)).toBe(-1)
  })

  test('variables of a function, by where it stands', () => {
    const go = typesOf(unit())
    const at = (pc: number) => go.locals(0x400100, pc).map((l) => [l.name, l.pieces])
    expect(at(0x400105)).toEqual([['a', [{ frame: -24, offset: 0, size: 24 }]]])
    expect(at(0x400110)).toEqual([
      ['a', [{ frame: -24, offset: 0, size: 24 }]],
      ['b', [{ frame: -40, offset: 8, size: 16 }]],
    ])
    expect(at(0x400120)).toHaveLength(1)
    expect(go.captures(0x400100)).toMatchObject([{ name: 'c', offset: 16 }])
    expect(go.locals(0x999, 0x999)).toEqual([])
  })

  test('damage at any byte ends in what is left', () => {
    const whole = unit()
    for (let n = 0; n < whole.info.length; n++) {
      for (const info of [whole.info.slice(0, n), whole.info.map((b, k) => (k === n ? b ^ 0x41 : b))]) {
        let go: GoTypes
        try {
          go = typesOf({ ...whole, info })
        } catch (e) {
          expect((e as Error).name).toBe('DecodeError')
          continue
        }
        for (const v of go.variables) go.type(go.type(v.type).elem < 0 ? v.type : go.type(v.type).elem)
        go.locals(0x400100, 0x400110)
        go.captures(0x400100)
      }
    }
  })
})
