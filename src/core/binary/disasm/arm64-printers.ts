// How Go writes each arm64 instruction: name, suffixes and the order of operands. In general operands are
// reversed, W marks 32-bit registers and V vectors; the rest of this file are the exceptions.

import { bits } from './arm64-conditions.ts'
import { Cls, type Operand } from './arm64-operands.ts'

/** Gives the text of a word whose operands have these texts, in the order of the encoding. */
export type Printer = (x: number, texts: readonly string[]) => string

type Name = (x: number) => string

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const PLAIN = words(
  'AESD AESE AESIMC AESMC CRC32B CRC32CB CRC32CH CRC32CW CRC32CX CRC32H CRC32W CRC32X LDARB LDARH LDAXRB ' +
    'LDAXRH LDTRH LDXRB LDXRH SHA1C SHA1H SHA1M SHA1P SHA1SU0 SHA1SU1 SHA256H SHA256H2 SHA256SU0 SHA256SU1 ' +
    'STLRB STLRH STLXRB STLXRH STXRB STXRH TBNZ TBZ ADR ADRP MSR',
)
const BY_FIRST_W = words(
  'MADD MSUB SMADDL SMSUBL UMADDL UMSUBL STLR BFI BFXIL SBFIZ SBFX UBFIZ UBFX LDAXP LDXP CBNZ CBZ',
)
const BY_SECOND_W = words('STLXR STXR STLXP STXP')
const BY_FIRST_FLOAT = words(
  'FCCMP FCCMPE FCMP FCMPE FADD FSUB FMUL FNMUL FDIV FMAX FMIN FMAXNM FMINNM FCSEL FMADD FMSUB FNMADD FNMSUB',
)
const BY_SECOND_FLOAT = words('FABS FNEG FSQRT FRINTN FRINTP FRINTM FRINTZ FRINTA FRINTX FRINTI')
const BETWEEN_INTEGERS = words('FCVTZS FCVTZU SCVTF UCVTF')
const ADDEND_LAST = words('MADD MSUB SMADDL SMSUBL UMADDL UMSUBL FMADD FMSUB FNMADD FNMSUB')
const SWAP_FIRST = words('STR STUR STRB STURB STRH STURH STLR STLRB STLRH FCCMP FCCMPE CBNZ CBZ ST1')
const SWAP_SECOND = words('STLXR STXR STLXRB STLXRH STXRB STXRH')
const BIT_FIELDS = words('BFI BFXIL SBFIZ SBFX UBFIZ UBFX')

/** Names of loads and stores by register class W, X, B, H, S, D, Q. */
const LOAD = ['MOVWU', 'MOVD', 'FMOVB', 'FMOVH', 'FMOVS', 'FMOVD', 'FMOVQ']
const STORE = ['MOVW', 'MOVD', 'FMOVB', 'FMOVH', 'FMOVS', 'FMOVD', 'FMOVQ']
const TRANSFERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['LDR', LOAD],
  ['LDUR', LOAD],
  ['STR', STORE],
  ['STUR', STORE],
  ['LDRB', ['MOVBU', 'MOVBU']],
  ['LDRH', ['MOVHU', 'MOVHU']],
  ['LDRSW', ['MOVW', 'MOVW']],
  ['LDRSB', ['MOVBW', 'MOVB']],
  ['LDRSH', ['MOVHW', 'MOVH']],
  ['STRB', ['MOVB', 'MOVB']],
  ['STURB', ['MOVB', 'MOVB']],
  ['STRH', ['MOVH', 'MOVH']],
  ['STURH', ['MOVH', 'MOVH']],
])

/** A name per register class; index is `Cls`. */
const byClass = (op: string, suffixes: Partial<Record<keyof typeof Cls, string>>): string[] =>
  (['W', 'X', 'B', 'H', 'S', 'D', 'Q', 'none'] as const).map((c) => op + (suffixes[c] ?? ''))

/** The class of an operand that is a register but not SP. */
const plainClass = (o: Operand | undefined, x: number): number => (o?.kind === 'reg' ? o.cls(x) : Cls.none)

const FLOAT_SUFFIX = { S: 'S', D: 'D' } as const

function nameOf(op: string, operands: readonly Operand[]): Name {
  const [first, second] = operands
  const suffix = operands.find((o) => o.suffix !== '')?.suffix ?? ''
  const transfer = TRANSFERS.get(op)
  if (transfer !== undefined) {
    const table = transfer.map((n) => n + suffix)
    return (x) => table[first.cls(x)]
  }
  if (op === 'MOV') {
    if (first.kind === 'vec' || first.kind === 'lane' || second.kind === 'lane') return () => 'VMOV'
    const table = byClass('MOV', { W: 'W', X: 'D' })
    return (x) => table[first.cls(x)]
  }
  if (op === 'UMOV') return () => 'VMOV'
  if (op === 'NOP') return () => 'NOOP'
  if (op === 'LD1' || op === 'ST1') return () => `V${op}${suffix}`
  if (PLAIN.has(op)) return () => op
  if (BY_FIRST_W.has(op) || BY_SECOND_W.has(op)) {
    const by = BY_FIRST_W.has(op) ? first : second
    const table = byClass(op, { W: 'W' })
    return (x) => table[by.cls(x)]
  }
  if (op === 'LDP' || op === 'STP') {
    const table = byClass(op, { W: 'W' }).map((n, c) => (c < 4 ? n : `F${n}${'SDQ'[c - 4]}`) + suffix)
    return (x) => table[first.cls(x)]
  }
  if (BY_FIRST_FLOAT.has(op) || BY_SECOND_FLOAT.has(op)) {
    const by = BY_FIRST_FLOAT.has(op) ? first : second
    const table = byClass(op, FLOAT_SUFFIX)
    return (x) => table[plainClass(by, x)]
  }
  if (op === 'FCVT') {
    const table = byClass('', { H: 'H', S: 'S', D: 'D' })
    return (x) => op + table[plainClass(second, x)] + table[plainClass(first, x)]
  }
  if (BETWEEN_INTEGERS.has(op)) {
    if (operands[2]?.kind === 'number') return () => op
    const table = byClass('', { S: 'S', D: 'D', W: 'W' })
    return (x) => op + table[plainClass(second, x)] + table[plainClass(first, x)]
  }
  if (op === 'FMOV') {
    const table = byClass('', FLOAT_SUFFIX)
    return (x) => op + (table[plainClass(first, x)] || table[plainClass(second, x)])
  }
  if (first?.kind === 'vec') return () => `V${op}`
  if (first === undefined || first.cls === undefined) return () => op
  const v = op[0] === 'F' ? op : `V${op}`
  const table = [`${op}W`, op, v, v, v, v, v, op]
  return (x) => table[first.cls(x)]
}

/** Which operand is printed at each place. */
function orderOf(op: string, operands: readonly Operand[]): number[] {
  const order = operands.map((_, i) => i)
  const swap = (a: number, b: number): void => {
    ;[order[a], order[b]] = [order[b], order[a]]
  }
  if (SWAP_FIRST.has(op)) swap(0, 1)
  if (SWAP_SECOND.has(op)) swap(1, 2)
  if (ADDEND_LAST.has(op)) swap(2, 3)
  if (op === 'TBNZ' || op === 'TBZ') return [1, 0, 2]
  if (BIT_FIELDS.has(op)) return [2, 1, 3, 0].map((i) => order[i])
  if (operands[3]?.kind === 'cond') {
    if (operands[2].kind === 'reg') swap(1, 2)
    else swap(0, 2)
  }
  return order.reverse()
}

/** The register number of a branch, where 31 is not the zero register. */
const branchRegister = (x: number): string => `(R${bits(x, 5, 5)})`

/** Instructions that are written in a way of their own. */
function special(op: string, operands: readonly Operand[], name: Name): Printer | undefined {
  switch (op) {
    case 'BL':
      return (_, t) => `CALL ${t[0]}`
    case 'BLR':
      return (x) => `CALL ${branchRegister(x)}`
    case 'BR':
      return (x) => `JMP ${branchRegister(x)}`
    case 'RET':
      return (x, t) => (bits(x, 5, 5) === 30 ? 'RET' : `RET ${t[0]}`)
    case 'B':
      return operands.length === 1 ? (_, t) => `JMP ${t[0]}` : (_, t) => `B${t[0]} ${t[1]}`
    case 'LDP':
    case 'LDAXP':
    case 'LDXP':
      return (x, t) => `${name(x)} ${t[2]}, (${t[0]}, ${t[1]})`
    case 'STP':
      return (x, t) => `${name(x)} (${t[0]}, ${t[1]}), ${t[2]}`
    case 'STLXP':
    case 'STXP':
      return (x, t) => `${name(x)} (${t[1]}, ${t[2]}), ${t[3]}, ${t[0]}`
    case 'FCMP':
    case 'FCMPE':
      if (operands[1].kind !== 'number') return undefined
      return (x, t) => `${name(x)} $(0.0), ${t[0]}`
    case 'SYSL':
      return (x, t) =>
        `SYSL $${(bits(x, 16, 3) << 16) | (bits(x, 12, 4) << 12) | (bits(x, 8, 4) << 8) | (bits(x, 5, 3) << 5)}, ${t[0]}`
    case 'MSR':
      if (operands[0].kind !== 'other' || operands[1].kind !== 'reg') return undefined
      return (x, t) =>
        `MSR ${t[1]}, S${bits(x, 19, 2)}_${bits(x, 16, 3)}_C${bits(x, 12, 4)}_C${bits(x, 8, 4)}_${bits(x, 5, 3)}`
    default:
      return undefined
  }
}

/** The printer of an instruction with these operands. */
export function printerOf(op: string, operands: readonly Operand[]): Printer {
  const name = nameOf(op, operands)
  const own = special(op, operands, name)
  if (own !== undefined) return own
  const order = orderOf(op, operands)
  const [a, b, c] = order
  switch (order.length) {
    case 0:
      return name
    case 1:
      return (x, t) => `${name(x)} ${t[a]}`
    case 2:
      return (x, t) => `${name(x)} ${t[a]}, ${t[b]}`
    case 3:
      return (x, t) => `${name(x)} ${t[a]}, ${t[b]}, ${t[c]}`
    default:
      return (x, t) => `${name(x)} ${order.map((i) => t[i]).join(', ')}`
  }
}
