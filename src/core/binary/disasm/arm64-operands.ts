// Operands of arm64 instructions: each turns the bits of a word into Go's text, or into undefined where
// the bits mean nothing, which makes the decoder try the next encoding.
//
//   Wd Xn Rm Sa ...  register: class (R: W or X by bit 31), field d 0, n 5, a 10, m 16; `s` appended: SP
//   d.z:BHSD         register whose class is chosen by a selector, `-` forbids
//   Vd.zQ:bBhHsS-D   vector whose arrangement is chosen (b B h H s S d D q = 8B 16B 4H 8H 2S 4S 1D 2D 1Q);
//                    `*2` after the field: a list of so many registers
//   Vd*1.Bx Vn.i5:.. Vm.HS  vector elements
//   #10:6<32         number in bits 10..15, less than 32 (#0 alone is zero)
//   <<BHSD >>BHSD    shift amount in immh:immb for these element sizes
//   [u8] [7*4]! [9*1]+ [x3] []+Q16  memory: unsigned offset, signed offset (! pre-, + post-indexed), register
// Selectors: z size, y its low bit, h highest bit of immh, i lowest bit of imm5, v size of structures, Q.

import { addInt, asUint, cmpInt, type Int } from '../../base/int64.ts'
import { bits, systemOperation } from './arm64-conditions.ts'
import { eightBitFloat, everyByte, logicalImmediate, wideImmediate } from './arm64-immediates.ts'
import type { Symbolize } from './instruction.ts'

/** Classes of registers. */
export const Cls = { W: 0, X: 1, B: 2, H: 3, S: 4, D: 5, Q: 6, none: 7 } as const
const CLASS_LETTERS = 'WXBHSDQ'

/** Where the instruction is. */
export interface Place {
  pc: Int
  symbolize: Symbolize
}

export interface Operand {
  /** reg: register, not SP; vec: whole vector; lane: vector element; rest is as the table says. */
  readonly kind: 'reg' | 'sp' | 'vec' | 'lane' | 'cond' | 'number' | 'memory' | 'other'
  /** The operand as Go prints it; undefined if the bits are invalid. */
  text(x: number, place: Place): string | undefined
  /** Class of the register, `Cls.none` if it is none. */
  cls(x: number): number
  /** Suffix of the instruction for a pre- or post-indexed address. */
  readonly suffix: string
}

const none = (): number => Cls.none
type Text = (x: number, place: Place) => string | undefined

const make = (
  kind: Operand['kind'],
  text: Text,
  cls: (x: number) => number = none,
  suffix = '',
): Operand => ({
  kind,
  text,
  cls,
  suffix,
})

const FIELD: Readonly<Record<string, number>> = { d: 0, n: 5, a: 10, m: 16 }
const names = (letter: string): string[] => Array.from({ length: 32 }, (_, i) => letter + i)
const GPR = [...names('R').slice(0, 31), 'ZR']
const GPR_SP = [...names('R').slice(0, 31), 'RSP']
const BASE = GPR_SP.map((r) => `(${r})`)
const POST = names('R').map((r) => `(${r})`)
const VECTOR = names('V')
const FLOAT = names('F')

const ARRANGEMENT: Readonly<Record<string, string>> = {
  ...{ b: '.B8', B: '.B16', h: '.H4', H: '.H8', s: '.S2', S: '.S4', d: '.D1', D: '.D2', q: '.Q1' },
}

const lowest = (v: number): number => 31 - Math.clz32(v & -v)
const highest = (v: number): number => 31 - Math.clz32(v)

/** Index a selector chooses, -1 if none. */
const SELECTORS: Readonly<Record<string, (x: number) => number>> = {
  z: (x) => bits(x, 22, 2),
  y: (x) => bits(x, 22, 1),
  h: (x) => highest(bits(x, 19, 4)),
  i: (x) => lowest(bits(x, 16, 4)),
  Q: (x) => bits(x, 30, 1),
  zQ: (x) => (bits(x, 22, 2) << 1) | bits(x, 30, 1),
  yQ: (x) => (bits(x, 22, 1) << 1) | bits(x, 30, 1),
  vQ: (x) => (bits(x, 10, 2) << 1) | bits(x, 30, 1),
  hQ: (x) => (highest(bits(x, 19, 4)) << 1) | bits(x, 30, 1),
  iQ: (x) => (lowest(bits(x, 16, 4)) << 1) | bits(x, 30, 1),
}

/** `[V0.B16, V1.B16]`; registers wrap around at 32. */
function list(first: number, count: number, arrangement: string): string {
  let text = VECTOR[first] + arrangement
  for (let i = 1; i < count; i++) text += `, ${VECTOR[(first + i) & 31]}${arrangement}`
  return `[${text}]`
}

const sign = (v: number, width: number): number => (v << (32 - width)) >> (32 - width)

function register(cls: string, field: number, isSp: boolean, float: boolean): Operand {
  if (cls === 'R' || cls === 'W' || cls === 'X') {
    const table = isSp ? GPR_SP : GPR
    const of = cls === 'R' ? (x: number) => x >>> 31 : () => CLASS_LETTERS.indexOf(cls)
    return make(isSp ? 'sp' : 'reg', (x) => table[(x >>> field) & 31], of)
  }
  const table = float ? FLOAT : VECTOR
  const c = CLASS_LETTERS.indexOf(cls)
  return make(
    'reg',
    (x) => table[(x >>> field) & 31],
    () => c,
  )
}

function selectedRegister(field: number, selector: string, letters: string, float: boolean): Operand {
  const index = SELECTORS[selector]
  const classes = [...letters].map((c) => CLASS_LETTERS.indexOf(c))
  const table = letters.includes('W') ? GPR : float ? FLOAT : VECTOR
  return make(
    'reg',
    (x) => ((classes[index(x)] ?? -1) < 0 ? undefined : table[(x >>> field) & 31]),
    (x) => classes[index(x)],
  )
}

function vector(field: number, count: number, selector: string, letters: string): Operand {
  const index = selector === '' ? () => 0 : SELECTORS[selector]
  return make('vec', (x) => {
    const arrangement = ARRANGEMENT[letters[index(x)]]
    if (arrangement === undefined) return undefined
    const r = (x >>> field) & 31
    return count === 0 ? VECTOR[r] + arrangement : list(r, count, arrangement)
  })
}

/** Elements of a list of vectors, as structure loads and stores name them. */
function structureLane(count: number, letter: string): Operand {
  return make('lane', (x) => {
    const q = bits(x, 30, 1)
    const s = bits(x, 12, 1)
    let index = q
    if (letter === 'B') index = (q << 3) | (s << 2) | bits(x, 10, 2)
    else if (letter === 'H') index = (q << 2) | (s << 1) | bits(x, 11, 1)
    else if (letter === 'S') index = (q << 1) | s
    const r = x & 31
    return `${count > 1 ? list(r, count, `.${letter}`) : `${VECTOR[r]}.${letter}`}[${index}]`
  })
}

/** `V1.H[3]`: element by a number that `at` finds; it gives -1 for invalid bits. */
function lane(field: number, letters: string, at: (x: number, size: number) => number): Operand {
  return make('lane', (x) => {
    const size = SELECTORS.i(x)
    const letter = letters[size] ?? '-'
    return letter === '-' ? undefined : `${VECTOR[(x >>> field) & 31]}.${letter}[${at(x, size)}]`
  })
}

const fixedLane = (field: number, letter: string, at: (x: number) => number): Operand =>
  make('lane', (x) => `${VECTOR[(x >>> field) & 31]}.${letter}[${at(x)}]`)

/** Element of the third operand of multiplications; the shorter elements leave four bits for the register. */
function multiplierLane(letters: string): Operand {
  return make('lane', (x) => {
    const h = bits(x, 11, 1)
    const l = bits(x, 21, 1)
    const m = bits(x, 20, 1)
    const low = bits(x, 16, 4)
    if (letters === 'HS') {
      const size = bits(x, 22, 2)
      if (size === 1) return `${VECTOR[low]}.H[${(h << 2) | (l << 1) | m}]`
      return size === 2 ? `${VECTOR[(m << 4) | low]}.S[${(h << 1) | l}]` : undefined
    }
    const r = bits(x, 16, 5)
    if (bits(x, 22, 1) === 0) return `${VECTOR[r]}.S[${(h << 1) | l}]`
    return l === 0 ? `${VECTOR[r]}.D[${h}]` : undefined
  })
}

const number = (value: (x: number) => number): Operand =>
  make('number', (x) => {
    const v = value(x)
    return v < 0 ? undefined : `$${v}`
  })

const shifted = (value: (x: number) => number, shift: (x: number) => number): Operand =>
  make('number', (x) => {
    const by = shift(x)
    if (by < 0) return undefined
    return by === 0 ? `$${value(x)}` : `$(${value(x)}<<${by})`
  })

const imms = (x: number): number => bits(x, 10, 6)
const immr = (x: number): number => bits(x, 16, 6)
const imm8 = (x: number): number => (bits(x, 16, 3) << 5) | bits(x, 5, 5)
const imm16 = (x: number): number => bits(x, 5, 16)
const within = (v: number, limit: number): number => (v < limit ? v : -1)

/** Width of a bit field that starts at immr; -1 if it leaves the register. */
const extractWidth = (x: number, size: number): number => {
  const width = imms(x) - immr(x) + 1
  return width < 1 || width > size - immr(x) ? -1 : width
}

function shiftAmount(isRight: boolean, letters: string): Operand {
  return number((x) => {
    const size = SELECTORS.h(x)
    if ((letters[size] ?? '-') === '-') return -1
    const bitsOf = 8 << size
    const v = bits(x, 16, 7)
    return isRight ? 2 * bitsOf - v : v - bitsOf
  })
}

/** The same as an operand; there are 8192 values at most, and code uses few of them over and over. */
function logical(size: number): Operand {
  const known = new Map<number, string | undefined>()
  return make('number', (x) => {
    const key = bits(x, 10, 13)
    if (known.has(key)) return known.get(key)
    const text = logicalImmediate(x, size)
    known.set(key, text)
    return text
  })
}

function target(distance: (x: number) => number, dollar: string): Operand {
  return make('other', (x, place) => {
    const d = distance(x)
    const address = asUint(addInt(place.pc, d))
    const symbol = place.symbolize(address)
    if (symbol !== undefined && symbol.name !== '' && cmpInt(symbol.base, address) === 0) {
      return `${dollar}${symbol.name}(SB)`
    }
    return `${d / 4}(PC)`
  })
}

const adr = (x: number): number => sign((bits(x, 5, 19) << 2) | bits(x, 29, 2), 21)
const EXTEND = ['UXTB', 'UXTH', 'UXTW', 'UXTX', 'SXTB', 'SXTH', 'SXTW', 'SXTX']
const SHIFT = ['<<', '>>', '->', '@>']

function extendedRegister(x: number): string {
  const r = GPR[bits(x, 16, 5)]
  const option = bits(x, 13, 3)
  const amount = bits(x, 10, 3)
  // With SP as an operand the plain extension is written as a shift.
  const plain = x >>> 31 === 1 ? 3 : 2
  if (option === plain && (bits(x, 5, 5) === 31 || (bits(x, 29, 1) === 0 && (x & 31) === 31))) {
    return amount === 0 ? r : `${r}<<${amount}`
  }
  return amount === 0 ? `${r}.${EXTEND[option]}` : `${r}.${EXTEND[option]}<<${amount}`
}

function shiftedRegister(x: number, kinds: number, limit: number): string | undefined {
  const r = GPR[bits(x, 16, 5)]
  const kind = bits(x, 22, 2)
  const amount = bits(x, 10, 6)
  if (kind >= kinds) return undefined
  if (kind === 0 && amount === 0) return r
  return amount > limit ? undefined : r + SHIFT[kind] + amount
}

function indexed(x: number, scale: number): string | undefined {
  const option = bits(x, 13, 3)
  if ((option & 2) === 0) return undefined
  const base = BASE[bits(x, 5, 5)]
  const r = GPR[bits(x, 16, 5)]
  const s = bits(x, 12, 1)
  // A byte access can only shift by 0, and has a bit to say so.
  if (option === 3) return s === 0 ? `${base}(${r})` : `${base}(${r}<<${scale})`
  const extended = `${base}(${r}.${EXTEND[option]}`
  return s !== 0 && scale !== 0 ? `${extended}<<${scale})` : `${extended})`
}

function memory(offset: (x: number) => number, suffix: string): Operand {
  return make(
    'memory',
    (x) => {
      const v = offset(x)
      const base = BASE[(x >>> 5) & 31]
      return v === 0 ? base : v + base
    },
    none,
    suffix,
  )
}

const SUFFIX: Readonly<Record<string, string>> = { '': '', '!': '.W', '+': '.P' }
const CONDITION = [
  'EQ',
  'NE',
  'HS',
  'LO',
  'MI',
  'PL',
  'VS',
  'VC',
  'HI',
  'LS',
  'GE',
  'LT',
  'GT',
  'LE',
  'AL',
  'AL',
]
/** Branches keep ARM's names for carry set and clear. */
const BRANCH_CONDITION = CONDITION.with(2, 'CS').with(3, 'CC')
const PREFETCH = ['PLD', 'PLI', 'PST']

function prefetch(x: number): string {
  const v = x & 31
  const type = v >> 3
  const level = (v >> 1) & 3
  return type === 3 || level === 3 ? `$${v}` : `${PREFETCH[type]}L${level + 1}${v & 1 ? 'STRM' : 'KEEP'}`
}

function processorState(x: number): string | undefined {
  const op1 = bits(x, 16, 3)
  const op2 = bits(x, 5, 3)
  if (op1 === 0 && op2 === 5) return 'SPSel'
  if (op1 === 3 && op2 === 6) return 'DAIFSet'
  return op1 === 3 && op2 === 7 ? 'DAIFClr' : undefined
}

function systemText(x: number): string | undefined {
  const name = systemOperation(x)
  if (name === undefined) return undefined
  const r = x & 31
  if (name[0] !== '-') return `${name}, ${GPR[r]}`
  return r === 31 ? name.slice(1) : undefined
}

/** Operands with a name of their own. */
const NAMED: Readonly<Record<string, Operand>> = {
  addsub: shifted(
    (x) => bits(x, 10, 12),
    (x) => (bits(x, 23, 1) === 1 ? -1 : bits(x, 22, 1) * 12),
  ),
  mov16: shifted(imm16, (x) => (bits(x, 22, 1) === 1 ? -1 : bits(x, 21, 1) * 16)),
  mov48: shifted(imm16, (x) => bits(x, 21, 2) * 16),
  lsl0: shifted(imm8, () => 0),
  lsl1: shifted(imm8, (x) => 8 * bits(x, 13, 1)),
  lsl3: shifted(imm8, (x) => 8 * bits(x, 13, 2)),
  // Go marks shifts that insert ones by adding 128, and prints it.
  msl: shifted(imm8, (x) => 128 + (bits(x, 12, 1) === 0 ? 8 : 16)),
  log32: logical(32),
  log64: logical(64),
  imm32: make('number', (x) => wideImmediate(x, false, false)),
  inv32: make('number', (x) => wideImmediate(x, false, true)),
  imm64: make('number', (x) => wideImmediate(x, true, false)),
  inv64: make('number', (x) => wideImmediate(x, true, true)),
  bit: number((x) => ((x >>> 31) << 5) | bits(x, 19, 5)),
  lsb32: number((x) => (immr(x) > 31 ? -1 : 32 - immr(x))),
  lsb64: number((x) => 64 - immr(x)),
  wid32: number((x) => (imms(x) > 31 ? -1 : imms(x) + 1)),
  wid64: number((x) => imms(x) + 1),
  xwid32: number((x) => extractWidth(x, 32)),
  xwid64: number((x) => extractWidth(x, 64)),
  lsl32i: number((x) => 31 - imms(x)),
  lsl64i: number((x) => 63 - imms(x)),
  fb32: number((x) => within(64 - imms(x), 33)),
  fb64: number((x) => 64 - imms(x)),
  width: number((x) => (bits(x, 22, 2) === 3 ? -1 : 8 << bits(x, 22, 2))),
  ext: number((x) => (bits(x, 30, 1) === 1 ? bits(x, 11, 4) : within(bits(x, 11, 4), 8))),
  bytes: make('number', everyByte),
  fps: make('number', (x) =>
    eightBitFloat(bits(x, 20, 1), ((1 - bits(x, 19, 1)) << 2) + bits(x, 17, 2) - 3, bits(x, 13, 4)),
  ),
  fpv: make('number', (x) =>
    eightBitFloat(
      bits(x, 18, 1),
      ((1 - bits(x, 17, 1)) << 2) + (bits(x, 16, 1) << 1) + bits(x, 9, 1) - 3,
      bits(x, 5, 4),
    ),
  ),
  adr: make('other', (x) => `${adr(x)}(PC)`),
  adrp: make('other', (x) => `${adr(x) * 4096}(PC)`),
  cond: make('cond', (x) => CONDITION[bits(x, 12, 4)]),
  cond0: make('cond', (x) => BRANCH_CONDITION[x & 15]),
  notcond: make('cond', (x) => (bits(x, 13, 3) === 7 ? undefined : CONDITION[bits(x, 12, 4) ^ 1])),
  C8: make('other', (x) => `C${bits(x, 8, 4)}`),
  C12: make('other', (x) => `C${bits(x, 12, 4)}`),
  prfop: make('other', prefetch),
  pstate: make('other', processorState),
  sysreg: make('other', (x) => `$${bits(x, 5, 15)}`),
  sysop: make('other', systemText),
  Rmext: make('other', extendedRegister),
  Rmsh: make('other', (x) => shiftedRegister(x, 3, x >>> 31 === 1 ? 63 : 31)),
  Wmsh: make('other', (x) => shiftedRegister(x, 3, 31)),
  Xmsh: make('other', (x) => shiftedRegister(x, 3, 63)),
  Rmror: make('other', (x) => shiftedRegister(x, 4, x >>> 31 === 1 ? 63 : 31)),
  Wmror: make('other', (x) => shiftedRegister(x, 4, 31)),
  Xmror: make('other', (x) => shiftedRegister(x, 4, 63)),
  '[]': memory(() => 0, ''),
  '[]+m': make('memory', (x) => BASE[bits(x, 5, 5)] + POST[bits(x, 16, 5)], none, '.P'),
  '#0': number(() => 0),
  'Vd.D1': fixedLane(0, 'D', () => 1),
  'Vn.D1': fixedLane(5, 'D', () => 1),
  'Vn.D20': fixedLane(5, 'D', (x) => bits(x, 20, 1)),
  'Vn.S19': fixedLane(5, 'S', (x) => bits(x, 19, 2)),
  'Vm.HS': multiplierLane('HS'),
  'Vm.SD': multiplierLane('SD'),
  'Vn.i4': lane(5, 'BHSD', (x, size) => bits(x, 11, 4) >> size),
}

/**
 * The operand of a token. `isFloat`: the instruction shows floating-point registers as F0, not V0.
 * `isLoad`: an address in the code is shown as a constant, `$name(SB)`.
 */
export function operandOf(token: string, isFloat: boolean, isLoad: boolean): Operand {
  const named = NAMED[token]
  if (named !== undefined) return named
  let m = /^([WXRBHSDQ])([dnam])(s?)$/.exec(token)
  if (m !== null) return register(m[1], FIELD[m[2]], m[3] !== '', isFloat)
  m = /^([dnm])\.([zyhi]):(.+)$/.exec(token)
  if (m !== null) return selectedRegister(FIELD[m[1]], m[2], m[3], isFloat)
  m = /^V([dnm])\.i5:(.+)$/.exec(token)
  if (m !== null) return lane(FIELD[m[1]], m[2], (x, size) => bits(x, 16, 5) >> (size + 1))
  m = /^Vd\*(\d)\.([BHSD])x$/.exec(token)
  if (m !== null) return structureLane(Number(m[1]), m[2])
  m = /^V([dnm])(?:\*(\d))?\.(?:(\w+):)?(.+)$/.exec(token)
  if (m !== null) return vector(FIELD[m[1]], Number(m[2] ?? 0), m[3] ?? '', m[4])
  m = /^#(\d+):(\d+)(?:<(\d+))?$/.exec(token)
  if (m !== null) {
    const [at, width, limit] = [Number(m[1]), Number(m[2]), Number(m[3] ?? 65536)]
    return number((x) => within(bits(x, at, width), limit))
  }
  m = /^(<<|>>)([BHSD-]+)$/.exec(token)
  if (m !== null) return shiftAmount(m[1] === '>>', m[2])
  m = /^rel(\d+)$/.exec(token)
  if (m !== null) {
    const width = Number(m[1])
    const at = width === 26 ? 0 : 5
    return target((x) => sign(bits(x, at, width), width) * 4, isLoad ? '$' : '')
  }
  m = /^\[u(\d+)\]$/.exec(token)
  if (m !== null) {
    const scale = Number(m[1])
    return memory((x) => bits(x, 10, 12) * scale, '')
  }
  m = /^\[([79])\*(\d+)\](.?)$/.exec(token)
  if (m !== null) {
    const [width, scale] = [Number(m[1]), Number(m[2])]
    const at = width === 7 ? 15 : 12
    return memory((x) => sign(bits(x, at, width), width) * scale, SUFFIX[m[3]])
  }
  m = /^\[x(\d)\]$/.exec(token)
  if (m !== null) {
    const scale = Number(m[1])
    return make('memory', (x) => indexed(x, scale))
  }
  m = /^\[\]\+([Qz]?)(\d+)$/.exec(token)
  if (m === null) throw new Error(`arm64 operand ${token}`)
  const step = Number(m[2])
  const by = m[1]
  return memory(
    (x) => (by === 'Q' ? step * (bits(x, 30, 1) + 1) : by === 'z' ? step << bits(x, 10, 2) : step),
    '.P',
  )
}
