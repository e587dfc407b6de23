// Prints amd64 instructions as `go tool objdump` does (golang.org/x/arch/x86/x86asm, GoSyntax).
//
// Oddities that are Go's and are kept: byte operations without memory operand are named by the operand
// size (`TESTL AL, AL`), CMP alone keeps Intel's order, a 32-bit displacement is unsigned, jumps show the
// name of a symbol only at its very start, every REP prefix that is not part of an opcode is shown.

import { addInt, asUint, cmpInt, hexInt, type Int, intFromHalves, subInt } from '../../base/int64.ts'
import type { Symbolize } from './instruction.ts'
import { Listing } from './listing.ts'
import { NO_REG, REG_IP, X86Instruction } from './x86-decode.ts'
import { FIXED_TEXT, Kind, operandBytes } from './x86-forms.ts'

const numbered = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => letter + i)

const HIGH = numbered('R', 16).slice(8)
const GENERAL = ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI', ...HIGH]
const BYTE = ['AL', 'CL', 'DL', 'BL', 'AH', 'CH', 'DH', 'BH']
const BYTE_REX = ['AL', 'CL', 'DL', 'BL', 'SP', 'BP', 'SI', 'DI', ...HIGH]
const BASE = [...GENERAL, 'IP'].map((r) => `(${r})`)
const XMM = numbered('X', 16)
const MMX = numbered('M', 8)
const X87 = numbered('F', 8)
const SEGMENT = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS']
const DEBUG = numbered('DR', 16)
const TEST = numbered('TR', 8)
// LOCK and REX.R both add 8 to the number; what lies beyond CR15 shows as a debug register.
const CONTROL = [...numbered('CR', 16), ...DEBUG]
const SMALL = Array.from({ length: 256 }, (_, i) => `0x${i.toString(16)}`)

/** Bytes in memory -> index into `Form.names`. */
const SIZE_OF_BYTES = new Uint8Array(17).fill(4)
SIZE_OF_BYTES[1] = 0
SIZE_OF_BYTES[2] = 1
SIZE_OF_BYTES[4] = 2
SIZE_OF_BYTES[8] = 3

function hex(v: number): string {
  if (v >= 0) return v < 256 ? SMALL[v] : `0x${v.toString(16)}`
  return `-0x${(-v).toString(16)}`
}

/** Printer with the state of one instruction, reused for all. */
class X86Printer {
  private readonly ins = new X86Instruction()
  /** Address of the instruction, and offset of the next immediate. */
  private pc: Int = 0
  private pos = 0
  /** Bytes of the memory operand; 0 if there is none or it has no fixed size. */
  private bytes = 0
  private segmentShown = false
  private readonly symbolize: Symbolize

  constructor(symbolize: Symbolize) {
    this.symbolize = symbolize
  }

  /** Offset behind the instruction printed last; only valid if `print` gave a text. */
  get end(): number {
    return this.pos
  }

  /** The text of the instruction at `start`, undefined if there is none. */
  print(code: Uint8Array, start: number, end: number, pc: Int): string | undefined {
    const { ins } = this
    if (!ins.read(code, start, end)) return undefined
    const { form } = ins
    this.pc = pc
    this.pos = ins.pos
    this.bytes = 0
    this.segmentShown = ins.hasMem
    if (!this.skipImmediates()) return undefined
    const { operands } = form
    let text = ''
    let lockShown = false
    // Go's order is the reverse of Intel's, but for CMP.
    const reversed = form.name !== 'CMP'
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]
      if ((operand & 255) === Kind.CR) lockShown = true
      const arg = this.operand(operand)
      if (arg === undefined) return undefined
      text = i === 0 ? arg : reversed ? `${arg}, ${text}` : `${text}, ${arg}`
    }
    let name = form.names[this.bytes !== 0 ? SIZE_OF_BYTES[this.bytes] : form.size]
    if (ins.opcode === 0x90) {
      // XCHG of a register with AX; AX itself makes it NOP, and with REP it is PAUSE whatever the register.
      if (ins.rep >= 0 && code[ins.rep] === 0xf3) {
        ins.repImplied = true
        name = 'PAUSE'
        text = ''
      } else if ((ins.rex & 1) === 0) {
        name = ins.size === 0 ? 'NOPW' : ins.size === 1 ? 'NOPL' : 'NOPQ'
        text = ''
      }
    } else if (ins.opcode === 0xe3 && ins.hasAddr32) name = 'JECXZ'
    if (text !== '') name = `${name} ${text}`
    if (ins.prefixEnd > start && ins.vex === 0) name = this.prefixes(lockShown) + name
    return name
  }

  /** Whether all immediates are inside the code. `pos` then is the end of the instruction. */
  private skipImmediates(): boolean {
    const { ins } = this
    let { pos } = this
    for (const operand of ins.form.operands) {
      const kind = operand & 255
      if (kind < Kind.IB || kind > Kind.O) continue
      if (kind === Kind.IB || kind === Kind.ISB || kind === Kind.JB) pos++
      else if (kind === Kind.IW || kind === Kind.JW) pos += 2
      else if (kind === Kind.IZ) pos += ins.size === 0 ? 2 : 4
      else if (kind === Kind.IV) pos += ins.size === 0 ? 2 : ins.size === 1 ? 4 : 8
      else if (kind === Kind.JZ) pos += 4
      else pos += ins.hasAddr32 ? 4 : 8
    }
    this.pos = pos
    return pos <= ins.limit
  }

  private operand(operand: number): string | undefined {
    const { ins } = this
    switch (operand & 255) {
      case Kind.RM8:
        return ins.hasMem ? this.memory(operand) : (ins.rex !== 0 ? BYTE_REX : BYTE)[ins.rm]
      case Kind.RM:
        return ins.hasMem ? this.memory(operand) : GENERAL[ins.rm]
      case Kind.G8:
        return (ins.rex !== 0 ? BYTE_REX : BYTE)[ins.reg]
      case Kind.G:
        return GENERAL[ins.reg]
      case Kind.M:
        return ins.hasMem ? this.memory(operand) : undefined
      case Kind.R:
        return GENERAL[(ins.modrm & 7) | ((ins.rex & 1) << 3)]
      case Kind.Z8:
        return (ins.rex !== 0 ? BYTE_REX : BYTE)[this.opcodeRegister()]
      case Kind.Z:
        return GENERAL[this.opcodeRegister()]
      case Kind.P:
        return MMX[ins.reg & 7]
      case Kind.Q:
        return ins.hasMem ? this.memory(operand) : MMX[ins.rm & 7]
      case Kind.N:
        return ins.hasMem ? undefined : MMX[ins.rm & 7]
      case Kind.V:
        return XMM[ins.reg]
      case Kind.W:
        return ins.hasMem ? this.memory(operand) : XMM[ins.rm]
      case Kind.U:
        return ins.hasMem ? undefined : XMM[ins.rm]
      case Kind.VY:
        return XMM[ins.reg | ((~ins.code[ins.start + 1] & 0x80) >> 4)]
      case Kind.WY:
        if (ins.hasMem) return this.memory(operand)
        // Go adds 8 by the X bit of a three-byte prefix, uninverted.
        return XMM[ins.rm | (ins.vex === 0xc4 ? (ins.code[ins.start + 1] & 0x40) >> 3 : 0)]
      case Kind.SREG:
        return SEGMENT[ins.reg & 7]
      case Kind.CR:
        return CONTROL[ins.reg + (ins.lock >= 0 ? 8 : 0)]
      case Kind.DR:
        return DEBUG[ins.reg]
      case Kind.TR:
        return TEST[ins.reg & 7]
      case Kind.STI:
        return X87[ins.modrm & 7]
      case Kind.XB:
        return `${this.dataSegment()}:0(SI)`
      case Kind.YB:
        return 'ES:0(DI)'
      case Kind.BB:
        return `${this.dataSegment()}:0(BX)`
      case Kind.IB:
      case Kind.ISB:
      case Kind.IW:
      case Kind.IZ:
      case Kind.IV:
        return this.immediate(operand & 255)
      case Kind.JB:
      case Kind.JW:
      case Kind.JZ:
        return this.target(operand & 255)
      case Kind.O:
        return this.absolute(operand)
      default:
        return FIXED_TEXT[(operand & 255) - Kind.FIXED]
    }
  }

  private opcodeRegister(): number {
    const { ins } = this
    return (ins.code[ins.pos - 1] & 7) | ((ins.rex & 1) << 3)
  }

  private segmentName(): string {
    const { ins } = this
    return ins.code[ins.segment] === 0x64 ? 'FS' : 'GS'
  }

  private dataSegment(): string {
    if (this.ins.segment < 0) return 'DS'
    this.segmentShown = true
    return this.segmentName()
  }

  private memory(operand: number): string {
    const { ins } = this
    const { base, disp } = ins
    this.bytes = operandBytes(operand)
    let text: string
    if (ins.segment >= 0) text = `${this.segmentName()}:${disp === 0 ? '0' : hex(disp)}`
    else if (base === REG_IP && disp !== 0) {
      const address = asUint(addInt(addInt(this.pc, this.pos - ins.start), disp))
      const name = this.symbolAt(address)
      if (name !== undefined) return name
      text = hex(disp)
    } else text = disp === 0 ? '0' : hex(disp)
    if (base !== NO_REG) text += BASE[base]
    return ins.index === NO_REG ? text : `${text}(${GENERAL[ins.index]}*${ins.scale})`
  }

  /** `name+12(SB)` for the symbol that holds an address, undefined if there is none. */
  private symbolAt(address: Int): string | undefined {
    const symbol = this.symbolize(address)
    if (symbol === undefined || symbol.name === '') return undefined
    const distance = subInt(address, symbol.base)
    if (distance === 0) return `${symbol.name}(SB)`
    return `${symbol.name}${distance > 0 ? '+' : ''}${distance}(SB)`
  }

  /** Two, four or eight bytes of the instruction as a signed number of 16, 32, 64 bits. */
  private signed(at: number, bytes: number): Int {
    const { code } = this.ins
    if (bytes === 1) return (code[at] << 24) >> 24
    if (bytes === 2) return ((code[at] | (code[at + 1] << 8)) << 16) >> 16
    const low = code[at] | (code[at + 1] << 8) | (code[at + 2] << 16) | (code[at + 3] << 24)
    if (bytes === 4) return low
    const i = at + 4
    return intFromHalves(code[i] | (code[i + 1] << 8) | (code[i + 2] << 16) | (code[i + 3] << 24), low)
  }

  private immediate(kind: number): string {
    const { ins } = this
    const at = ins.pos
    let bytes = 1
    let value: Int
    if (kind === Kind.IB) value = ins.code[at]
    else if (kind === Kind.IW) {
      bytes = 2
      value = ins.code[at] | (ins.code[at + 1] << 8)
    } else {
      if (kind === Kind.IZ) bytes = ins.size === 0 ? 2 : 4
      else if (kind === Kind.IV) bytes = ins.size === 0 ? 2 : ins.size === 1 ? 4 : 8
      value = this.signed(at, bytes)
    }
    // ENTER has two immediates, the second one behind the first.
    ins.pos = at + bytes
    if (ins.form.symbolic) {
      const name = this.symbolAt(asUint(value))
      if (name !== undefined) return `$${name}`
    }
    return typeof value === 'number' && value === (value | 0) ? `$${hex(value)}` : `$0x${hexInt(value)}`
  }

  private target(kind: number): string {
    const { ins } = this
    const distance = this.signed(ins.pos, kind === Kind.JB ? 1 : kind === Kind.JW ? 2 : 4)
    if (this.pc === 0) return distance < 0 ? `.${distance}` : `.+${distance}`
    const address = asUint(addInt(addInt(this.pc, this.pos - ins.start), distance))
    const symbol = this.symbolize(address)
    if (symbol !== undefined && symbol.name !== '' && cmpInt(symbol.base, address) === 0) {
      return `${symbol.name}(SB)`
    }
    return `0x${hexInt(address)}`
  }

  private absolute(operand: number): string {
    const { ins } = this
    this.bytes = operandBytes(operand)
    const at = ins.pos
    let address = this.signed(at, ins.hasAddr32 ? 4 : 8)
    if (ins.hasAddr32) address = Number(address) >>> 0
    const digits = address === 0 ? '0' : address < 0 ? `-0x${hexInt(-address)}` : `0x${hexInt(address)}`
    if (ins.segment >= 0) {
      this.segmentShown = true
      return `${this.segmentName()}:${digits}`
    }
    return (address === 0 ? undefined : this.symbolAt(asUint(address))) ?? digits
  }

  /** The prefixes Go shows: the last REP that is no part of the opcode, and the last other one, if not a size. */
  private prefixes(lockImplied: boolean): string {
    const { ins } = this
    const { code, start, prefixEnd } = ins
    let hint = -1
    if (ins.form.branch) {
      hint = prefixEnd - 1
      while (hint >= start && code[hint] !== 0x2e && code[hint] !== 0x3e) hint--
    }
    let rep = ''
    let last = ''
    for (let i = start; i < prefixEnd; i++) {
      switch (code[i]) {
        case 0xf0:
          if (!lockImplied || i !== ins.lock) last = 'LOCK '
          break
        case 0xf2:
          if (!ins.repImplied || i !== ins.rep) rep = 'REPNE; '
          break
        case 0xf3:
          if (!ins.repImplied || i !== ins.rep) rep = 'REP; '
          break
        case 0x26:
          last = 'ES '
          break
        case 0x2e:
          last = i === hint ? 'PN ' : 'CS '
          break
        case 0x36:
          last = 'SS '
          break
        case 0x3e:
          last = i === hint ? 'PT ' : 'DS '
          break
        case 0x64:
        case 0x65:
          if (!this.segmentShown || i !== ins.segment) last = code[i] === 0x64 ? 'FS ' : 'GS '
          break
        default:
          last = ''
      }
    }
    return rep + last
  }
}

/**
 * Disassembles amd64 code whose first byte lies at `address` (a uint64). Bytes that Go's tools do not
 * know give a row `?` of size 1. Never throws; takes time and memory in proportion to the code.
 */
export function disassembleX86(code: Uint8Array, address: Int, symbolize: Symbolize): Listing {
  const printer = new X86Printer(symbolize)
  const texts: string[] = []
  const offsets = new Uint32Array(code.length + 1)
  for (let at = 0; at < code.length; ) {
    offsets[texts.length] = at
    const text = printer.print(code, at, code.length, asUint(addInt(address, at)))
    at = text === undefined ? at + 1 : printer.end
    texts.push(text ?? '?')
  }
  offsets[texts.length] = code.length
  return new Listing(address, offsets.slice(0, texts.length + 1), texts)
}
