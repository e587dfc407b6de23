// Reads one amd64 instruction the way Go's disassembler does: prefixes, opcode, ModRM, SIB,
// displacement. Which operands there are, and immediates, is for the printer (x86-go-syntax.ts).
//
// It follows that tool, not the processor, where they differ: displacements of 32 bits are not
// sign-extended, VEX prefixes are mostly skipped, at most 14 prefixes, what is not in the maps is unknown.

import type { Choice, Form, Opcode } from './x86-forms.ts'
import { OpcodeMap } from './x86-forms.ts'
import { ONE_BYTE, VEX } from './x86-map-one.ts'
import { AFTER_0F, AFTER_0F3A, AFTER_0F38 } from './x86-map-two.ts'

const MAX_BYTES = 15
const MAX_PREFIXES = 14
const MAX_VEX_2A_MAP = 2

const oneByte = new OpcodeMap(ONE_BYTE)
const vexOnly = new OpcodeMap(VEX)
const after0F = new OpcodeMap(AFTER_0F)
const after0F38 = new OpcodeMap(AFTER_0F38)
const after0F3A = new OpcodeMap(AFTER_0F3A)

/** 1 for every legacy prefix and for C4 and C5, so that most instructions leave the prefix loop at once. */
const isPrefix = new Uint8Array(256)
for (const b of [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xc4, 0xc5, 0xf0, 0xf2, 0xf3])
  isPrefix[b] = 1

/** Value of `base` and `index` for: no register. */
export const NO_REG = -1
/** Value of `base` for the instruction pointer. */
export const REG_IP = 16

/** The instruction read last. One object is reused for all: `read` fills it. */
export class X86Instruction {
  code: Uint8Array = new Uint8Array(0)
  start = 0
  /** First byte after what was read so far. Immediates are still to come after `read`. */
  pos = 0
  /** End of what may be read: the end of the code, or 15 bytes. */
  limit = 0
  form!: Form
  opcode = 0

  // Offsets of the prefix that counts, of each kind; -1 if there is none.
  lock = -1
  rep = -1
  segment = -1
  /** The REP prefix is part of the opcode, so it is not shown. */
  repImplied = false
  /** Offset of the first byte that is no legacy prefix. */
  prefixEnd = 0
  hasData16 = false
  hasAddr32 = false
  rex = 0
  /** 0, 0xC4 or 0xC5. */
  vex = 0
  /** 0 16 bits, 1 32 bits, 2 64 bits. */
  size = 1

  modrm = 0
  reg = 0
  rm = 0
  hasMem = false
  base = NO_REG
  index = NO_REG
  /** 0 without SIB byte, else 1, 2, 4, 8. */
  scale = 0
  disp = 0

  /** Reads the instruction at `start`; false if it is unknown or cut off by `end`. */
  read(code: Uint8Array, start: number, end: number): boolean {
    this.code = code
    this.start = start
    this.limit = end - start > MAX_BYTES ? start + MAX_BYTES : end
    this.pos = start
    this.lock = this.rep = this.segment = -1
    this.repImplied = this.hasData16 = this.hasAddr32 = false
    this.rex = this.vex = 0
    this.size = 1
    if (isPrefix[code[start]] === 1 && !this.readPrefixes()) return false
    let pos = this.pos
    const limit = this.limit
    this.prefixEnd = pos
    if (pos >= limit) return false
    let b = code[pos++]
    if ((b & 0xf0) === 0x40 && this.vex === 0) {
      if (pos > start + MAX_PREFIXES || pos >= limit) return false
      this.rex = b
      if ((b & 8) !== 0) this.size = 2
      else if (this.hasData16) this.size = 0
      b = code[pos++]
    } else if (this.hasData16) this.size = 0
    this.opcode = b
    let op: Opcode | undefined
    if (b !== 0x0f) {
      op = this.vex !== 0 && vexOnly.get(b) !== undefined ? this.vexOpcode(b) : oneByte.get(b)
    } else {
      if (pos >= limit) return false
      b = code[pos++]
      if (b === 0x38 || b === 0x3a) {
        if (pos >= limit) return false
        op = (b === 0x38 ? after0F38 : after0F3A).get(code[pos++])
      } else op = after0F.get(b)
    }
    this.pos = pos
    if (op === undefined) return false
    let choice = op.any
    if (choice === undefined) {
      if (pos >= limit) return false
      choice = op.byModrm![code[pos]]
      if (choice === undefined) return false
    }
    const form = this.choose(choice)
    if (form === undefined) return false
    this.form = form
    this.hasMem = false
    return form.modrm ? this.readModrm() : true
  }

  /** Reads legacy and VEX prefixes up to the first other byte; false if there are too many. */
  private readPrefixes(): boolean {
    const { code, limit, start } = this
    let pos = start
    for (; pos < limit && isPrefix[code[pos]] === 1; pos++) {
      const b = code[pos]
      if (b === 0xc4 || b === 0xc5) {
        // Only the very first byte can be a VEX prefix.
        const more = b === 0xc5 ? 1 : 2
        if (pos !== start || pos + more >= limit) break
        this.vex = b
        pos += more
        continue
      }
      if (pos - start >= MAX_PREFIXES) return false
      if (b === 0xf0) this.lock = pos
      else if (b === 0xf2 || b === 0xf3) this.rep = pos
      else if (b === 0x64 || b === 0x65) this.segment = pos
      else if (b === 0x66) this.hasData16 = true
      else if (b === 0x67) this.hasAddr32 = true
    }
    this.pos = pos
    return true
  }

  /** The field of the VEX prefix that stands for 66, F3, F2 (1, 2, 3). */
  private vexPrefix(): number {
    return this.code[this.start + (this.vex === 0xc5 ? 1 : 2)] & 3
  }

  private vexOpcode(b: number): Opcode | undefined {
    const map = this.vex === 0xc5 ? 1 : this.code[this.start + 1] & 3
    return map === (b === 0x2a ? MAX_VEX_2A_MAP : 1) ? vexOnly.get(b) : undefined
  }

  /** Chooses by mandatory prefix and operand size. F2 and F3 go before 66, and forbid it where both are set. */
  private choose(c: Choice): Form | undefined {
    let prefix = 0
    if (this.vex !== 0) {
      const p = this.vexPrefix()
      if (p === 1 && c.has66) prefix = 1
      else if (p === 2 && c.hasF3) prefix = 2
      else if (p === 3 && c.hasF2) prefix = 3
    } else if (this.rep >= 0) {
      const isF3 = this.code[this.rep] === 0xf3
      if (isF3 ? c.hasF3 : c.hasF2) {
        this.repImplied = true
        prefix = isF3 ? 2 : 3
      } else if (c.has66) return undefined
    } else if (this.hasData16 && c.has66) prefix = 1
    return c.forms[prefix * 3 + this.size]
  }

  private readModrm(): boolean {
    const { code, limit, rex } = this
    let pos = this.pos
    if (pos >= limit) return false
    const modrm = code[pos++]
    this.modrm = modrm
    this.reg = ((modrm >> 3) & 7) | ((rex & 4) << 1)
    let rm = modrm & 7
    if (modrm >= 0xc0) {
      this.rm = rm | ((rex & 1) << 3)
      this.pos = pos
      return true
    }
    const mod = modrm >> 6
    this.hasMem = true
    this.index = NO_REG
    this.scale = 0
    let wide = mod === 2
    if (rm === 4) {
      if (pos >= limit) return false
      const sib = code[pos++]
      // The inverted X and B bits of a three-byte VEX prefix count here, and here only.
      const vexBits = this.vex === 0xc4 ? ~code[this.start + 1] : 0
      const base = (sib & 7) | ((rex & 1) << 3) | ((vexBits & 0x20) >> 2)
      const index = ((sib >> 3) & 7) | ((rex & 2) << 2) | ((vexBits & 0x40) >> 3)
      this.scale = 1 << (sib >> 6)
      if (index !== 4) this.index = index
      this.base = base
      if ((base & 7) === 5 && mod === 0) {
        this.base = NO_REG
        wide = true
      }
    } else if (mod === 0 && rm === 5) {
      this.base = REG_IP
      wide = true
    } else {
      rm |= (rex & 1) << 3
      this.base = rm
    }
    this.rm = rm
    this.disp = 0
    if (wide) {
      if (pos + 4 > limit) return false
      this.disp = (code[pos] | (code[pos + 1] << 8) | (code[pos + 2] << 16) | (code[pos + 3] << 24)) >>> 0
      pos += 4
    } else if (mod === 1) {
      if (pos >= limit) return false
      this.disp = (code[pos++] << 24) >> 24
    }
    this.pos = pos
    return true
  }
}
