// Turns the text of the opcode maps into lookup tables.
//
// A line is `opcode alternative | alternative ...`; an alternative is `selectors NAME operands`.
//   opcode     two hex digits; `50+` stands for 50..57, the register being in the low bits
//   selectors  /n      reg field of ModRM        reg, mem  ModRM names a register or memory
//              =xx     this very ModRM byte      np 66 f3 f2  mandatory prefix (np: none of the others)
//              w16 w32 w64  operand size; an alternative without one serves the sizes left over
//   operands   Intel's letters: E G M R registers and memory by ModRM, Z register in the opcode, P Q N
//              MMX, V W U XMM, S C D T segment, control, debug and test registers, I immediate, J jump,
//              O address in the instruction, Xb Yb Bb the implied memory of string instructions. Then a
//              width: b w d q o = 1 2 4 8 16 bytes, v = 2 4 8 by operand size, y = 4 4 8, p = 2 8 8.

/** What an operand is. The number of bytes it has in memory is stored above, see `operandBytes`. */
export const Kind = {
  /** General register or memory by ModRM.rm; byte registers for RM8, whole ones for RM. */
  RM8: 1,
  RM: 2,
  /** General register by ModRM.reg. */
  G8: 3,
  G: 4,
  /** Memory only. */
  M: 5,
  /** General register by ModRM.rm whatever its mod bits say. */
  R: 6,
  /** General register in the opcode. */
  Z8: 7,
  Z: 8,
  /** MMX: by reg, by rm or memory, by rm only. */
  P: 9,
  Q: 10,
  N: 11,
  /** XMM: by reg, by rm or memory, by rm only. */
  V: 12,
  W: 13,
  U: 14,
  /** The registers of VEX instructions. */
  VY: 15,
  WY: 16,
  SREG: 17,
  CR: 18,
  DR: 19,
  TR: 20,
  /** Immediates: unsigned byte, signed byte, unsigned word, by operand size and sign-extended, 2 4 or 8 bytes. */
  IB: 21,
  ISB: 22,
  IW: 23,
  IZ: 24,
  IV: 25,
  /** Jump distances. */
  JB: 26,
  JW: 27,
  JZ: 28,
  /** An address in the instruction. */
  O: 29,
  /** x87 register by the low bits of ModRM. */
  STI: 30,
  /** DS:SI or its override, ES:DI, DS:BX or its override. */
  XB: 31,
  YB: 32,
  BB: 33,
  /** Fixed texts: FIXED + index into FIXED_TEXT. */
  FIXED: 34,
} as const

/** Texts of the fixed operands. */
export const FIXED_TEXT = ['AL', 'AX', 'CL', 'DX', 'FS', 'GS', 'F0', 'X0', '$0x1', '$0x3'] as const
const FIXED_TOKEN = ['AL', 'AX', 'CL', 'DX', 'FS', 'GS', 'ST', 'X0', '1', '3']

const PLAIN: ReadonlyMap<string, number> = new Map<string, number>([
  ['Eb', Kind.RM8],
  ['Er', Kind.RM],
  ['E', Kind.RM],
  ['Gb', Kind.G8],
  ['Gv', Kind.G],
  ['M', Kind.M],
  ['Rd', Kind.R],
  ['Zb', Kind.Z8],
  ['Z', Kind.Z],
  ['P', Kind.P],
  ['Q', Kind.Q],
  ['N', Kind.N],
  ['Vx', Kind.V],
  ['Vy', Kind.VY],
  ['Wy', Kind.WY],
  ['W', Kind.W],
  ['Ux', Kind.U],
  ['Sw', Kind.SREG],
  ['Cd', Kind.CR],
  ['Dd', Kind.DR],
  ['Td', Kind.TR],
  ['Ib', Kind.IB],
  ['Isb', Kind.ISB],
  ['Iw', Kind.IW],
  ['Iz', Kind.IZ],
  ['Iv', Kind.IV],
  ['Jb', Kind.JB],
  ['Jw', Kind.JW],
  ['Jz', Kind.JZ],
  ['O', Kind.O],
  ['STi', Kind.STI],
  ['Xb', Kind.XB],
  ['Yb', Kind.YB],
  ['Bb', Kind.BB],
])

/** Bytes in memory by width letter, for operand sizes 16, 32, 64. Far pointers with REX.W count as unsized. */
const BYTES: Readonly<Record<string, readonly [number, number, number]>> = {
  b: [1, 1, 1],
  r: [1, 1, 1],
  w: [2, 2, 2],
  d: [4, 4, 4],
  q: [8, 8, 8],
  o: [16, 16, 16],
  v: [2, 4, 8],
  y: [4, 4, 8],
  p: [2, 8, 8],
}
const FAR_POINTER = [4, 6, 0] as const

/** Instructions whose name Go completes with B, W, L or Q. */
const SIZED = new Set(
  (
    'ADC ADD AND BSF BSR BT BTC BTR BTS CMP CMPXCHG CVTSI2SD CVTSI2SS CVTSD2SI CVTSS2SI CVTTSD2SI CVTTSS2SI ' +
    'DEC DIV FLDENV FRSTOR IDIV IMUL IN INC LEA MOV MOVNTI MUL NEG NOP NOT OR OUT POP POPCNT PUSH RCL RCR ' +
    'ROL ROR SAR SBB SHL SHLD SHR SHRD SUB TEST XADD XCHG XOR'
  ).split(' '),
)

const MODRM_KINDS: ReadonlySet<number> = new Set<number>([
  ...[Kind.RM8, Kind.RM, Kind.G8, Kind.G, Kind.M, Kind.R, Kind.P, Kind.Q, Kind.N, Kind.V, Kind.W, Kind.U],
  ...[Kind.VY, Kind.WY, Kind.SREG, Kind.CR, Kind.DR, Kind.TR, Kind.STI],
])

/** One way to read an instruction, for one operand size. */
export interface Form {
  readonly name: string
  /** The name for operands of 8, 16, 32, 64 bits, and of another size: what `name` prints as. */
  readonly names: readonly [string, string, string, string, string]
  /** Index into `names` when no operand is in memory. */
  readonly size: number
  /** Operands in Intel's order: kind + bytes * 256. */
  readonly operands: readonly number[]
  /** A ModRM byte follows the opcode. */
  readonly modrm: boolean
  /** CS and DS prefixes are branch hints here. */
  readonly branch: boolean
  /** Immediates that are addresses of something are shown by name: MOV and PUSH of 32 bits. */
  readonly symbolic: boolean
}

export const operandBytes = (operand: number): number => operand >> 8

/** The forms of one opcode that remain once ModRM is known: index is prefix * 3 + size. */
export interface Choice {
  /** Prefix 0 none, 1 66, 2 F3, 3 F2; size 0 16, 1 32, 2 64. */
  readonly forms: (Form | undefined)[]
  has66: boolean
  hasF3: boolean
  hasF2: boolean
}

/** An opcode: one choice for all ModRM bytes, or one per ModRM byte. */
export interface Opcode {
  readonly any: Choice | undefined
  readonly byModrm: readonly (Choice | undefined)[] | undefined
}

interface Alternative {
  readonly prefix: number
  readonly size: number
  readonly digit: number
  readonly modrm: number
  /** -1 either, 0 memory, 1 register. */
  readonly isReg: number
  readonly name: string
  readonly operands: readonly string[]
}

function parseAlternative(text: string): Alternative {
  let prefix = 0
  let size = -1
  let digit = -1
  let modrm = -1
  let isReg = -1
  const words = text.split(' ')
  let i = 0
  for (; i < words.length; i++) {
    const w = words[i]
    if (w[0] === '/') digit = Number(w[1])
    else if (w[0] === '=') modrm = Number.parseInt(w.slice(1), 16)
    else if (w === 'reg') isReg = 1
    else if (w === 'mem') isReg = 0
    else if (w === '66') prefix = 1
    else if (w === 'f3') prefix = 2
    else if (w === 'f2') prefix = 3
    else if (w === 'w16') size = 0
    else if (w === 'w32') size = 1
    else if (w === 'w64') size = 2
    else if (w !== 'np') break
  }
  return { prefix, size, digit, modrm, isReg, name: words[i], operands: words[i + 1]?.split(',') ?? [] }
}

function parseOperand(token: string, size: number): number {
  const fixed = FIXED_TOKEN.indexOf(token)
  if (fixed >= 0) return Kind.FIXED + fixed
  const bytes = token === 'Mp' ? FAR_POINTER[size] : (BYTES[token[token.length - 1]]?.[size] ?? 0)
  const kind = PLAIN.get(token) ?? PLAIN.get(token[0])
  if (kind === undefined) throw new Error(`opcode map: operand ${token}`)
  return kind | (bytes << 8)
}

function makeForm(a: Alternative, size: number, grouped: boolean): Form {
  const { name } = a
  const operands = a.operands.map((t) => parseOperand(t, size))
  // PUSH and POP of a register name it in 64 bits while the operand size stays 32.
  const wide = a.operands.length === 1 && (a.operands[0] === 'Zp' || a.operands[0] === 'Ep')
  return {
    name,
    names: SIZED.has(name)
      ? [`${name}B`, `${name}W`, `${name}L`, `${name}Q`, name]
      : [name, name, name, name, name],
    size: wide && size === 1 ? 3 : size + 1,
    operands,
    modrm: grouped || operands.some((o) => MODRM_KINDS.has(o & 255)),
    branch: (name[0] === 'J' && name !== 'JMP') || name.startsWith('LOOP'),
    symbolic: size === 1 && (name === 'MOV' || name === 'PUSH'),
  }
}

function claimPrefix(choice: Choice, a: Alternative): void {
  if (a.prefix === 1) choice.has66 = true
  else if (a.prefix === 2) choice.hasF3 = true
  else if (a.prefix === 3) choice.hasF2 = true
}

function fill(choice: Choice, a: Alternative, grouped: boolean): void {
  claimPrefix(choice, a)
  for (let size = 0; size < 3; size++) {
    if (a.size < 0 || a.size === size) choice.forms[a.prefix * 3 + size] = makeForm(a, size, grouped)
  }
}

const newChoice = (): Choice => ({
  forms: new Array(12).fill(undefined),
  has66: false,
  hasF3: false,
  hasF2: false,
})

/** Later alternatives win, so the more special ones go last. */
const rank = (a: Alternative): number => (a.modrm >= 0 ? 4 : a.isReg >= 0 ? 2 : 0) + (a.size >= 0 ? 1 : 0)

function makeOpcode(alternatives: Alternative[]): Opcode {
  alternatives.sort((a, b) => rank(a) - rank(b))
  const grouped = alternatives.some((a) => a.digit >= 0 || a.modrm >= 0 || a.isReg >= 0)
  if (!grouped) {
    const any = newChoice()
    for (const a of alternatives) fill(any, a, false)
    return { any, byModrm: undefined }
  }
  // Sixteen choices, by register or memory and by digit, shared by all ModRM bytes but the exact ones.
  const shared: (Choice | undefined)[] = new Array(16).fill(undefined)
  const exact = new Map<number, Choice>()
  for (const a of alternatives) {
    if (a.modrm >= 0) {
      const choice = exact.get(a.modrm) ?? newChoice()
      exact.set(a.modrm, choice)
      fill(choice, a, true)
      continue
    }
    for (let slot = 0; slot < 16; slot++) {
      if (a.digit >= 0 && a.digit !== (slot & 7)) continue
      const choice = shared[slot] ?? newChoice()
      shared[slot] = choice
      // A prefix that means something with a register is taken with memory too, and then means nothing.
      if (a.isReg < 0 || a.isReg === slot >> 3) fill(choice, a, true)
      else claimPrefix(choice, a)
    }
  }
  const byModrm: (Choice | undefined)[] = []
  for (let m = 0; m < 256; m++) byModrm.push(exact.get(m) ?? shared[(m >= 0xc0 ? 8 : 0) | ((m >> 3) & 7)])
  return { any: undefined, byModrm }
}

/**
 * The lookup table of one map. An opcode is made of its text when it is met first: a program uses a
 * few dozen, and making all of them takes longer than disassembling a large function.
 */
export class OpcodeMap {
  /** Opcode byte -> its alternatives as text; undefined once the opcode is made. */
  private readonly texts: (string[] | undefined)[] = new Array(256).fill(undefined)
  private readonly made: (Opcode | undefined)[] = new Array(256).fill(undefined)

  constructor(text: string) {
    for (const line of text.split('\n')) {
      if (line === '') continue
      const first = Number.parseInt(line.slice(0, 2), 16)
      const count = line[2] === '+' ? 8 : 1
      const rest = line.slice(line.indexOf(' ') + 1)
      for (let i = first; i < first + count; i++) {
        const texts = this.texts[i]
        if (texts === undefined) this.texts[i] = [rest]
        else texts.push(rest)
      }
    }
  }

  /** The opcode of a byte, undefined if there is none. */
  get(byte: number): Opcode | undefined {
    const texts = this.texts[byte]
    if (texts === undefined) return this.made[byte]
    const opcode = makeOpcode(texts.flatMap((t) => t.split(' | ')).map(parseAlternative))
    this.texts[byte] = undefined
    this.made[byte] = opcode
    return opcode
  }
}
