// For tests only: a small ELF program that has one of everything this folder reads, written field by
// field. Its addresses are BASE + offset in the file.
//
//   text + 0x00  main.main   Go, file /src/main.go; at [8, 16) the call of main.add is inlined
//   text + 0x20  main.other  Go, file /src/other.go
//   text + 0x30  c_work      C, known to debug information and symbols only; at [4, 8) c_inner is inlined

import { encodeUtf8 } from '../base/utf8.ts'

export const BASE = 0x400000

/** Little-endian bytes, appended. */
export class Writer {
  private readonly out: number[] = []

  get length(): number {
    return this.out.length
  }

  u8(...values: number[]): this {
    for (const v of values) this.out.push(v & 0xff)
    return this
  }

  u16(v: number): this {
    return this.u8(v, v >> 8)
  }

  u32(v: number): this {
    return this.u8(v, v >> 8, v >> 16, v >> 24)
  }

  u64(v: number): this {
    return this.u32((v % 4294967296) >>> 0).u32(Math.floor(v / 4294967296))
  }

  uleb(v: number): this {
    let rest = v
    while (rest >= 128) {
      this.u8((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    return this.u8(rest)
  }

  sleb(v: number): this {
    let rest = v
    for (;;) {
      const low = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.u8(low)
      this.u8(low | 0x80)
    }
  }

  /** Text with a zero byte behind. Gives where it starts. */
  text(s: string): number {
    const at = this.length
    this.u8(...encodeUtf8(s), 0)
    return at
  }

  bytes(b: ArrayLike<number>): this {
    for (let i = 0; i < b.length; i++) this.out.push(b[i])
    return this
  }

  align(n: number): this {
    while (this.length % n !== 0) this.u8(0)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.out)
  }
}

export interface HandmadeOptions {
  /** With a symbol table; default true. */
  readonly symbols?: boolean
  /** Debug sections compressed in the way of SHF_COMPRESSED, "packed" by reversing the bytes; default false. */
  readonly compressed?: boolean
  /** Name of the section with the line table; default .gopclntab. */
  readonly pclnSection?: string
}

/** The inverse of the "compression" of HandmadeOptions. */
export const unreverse = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse()

/** A pc-value table: [end offset, value] runs from the function's entry on. */
function pcValues(w: Writer, runs: readonly (readonly [number, number])[]): number {
  const at = w.length
  let value = -1
  let pc = 0
  for (const [end, next] of runs) {
    const delta = next - value
    w.uleb(delta >= 0 ? delta * 2 : -delta * 2 - 1).uleb(end - pc)
    value = next
    pc = end
  }
  w.u8(0)
  return at
}

/** The Go line table (version 1.20) and, right behind it, go:func.*. */
function pclntab(): { bytes: Uint8Array; funcNames: number; goFunc: number } {
  const names = new Writer()
  const [main, add, other] = ['main.main', 'main.add', 'main.other'].map((s) => names.text(s))
  const files = new Writer()
  const units = new Writer()
  for (const f of ['/src/main.go', '/src/other.go']) units.u32(files.text(f))
  const values = new Writer().u8(0)
  const mainFile = pcValues(values, [[0x20, 0]])
  const mainLine = pcValues(values, [
    [8, 10],
    [16, 4],
    [0x20, 11],
  ])
  const mainTree = pcValues(values, [
    [8, -1],
    [16, 0],
    [0x20, -1],
  ])
  const otherFile = pcValues(values, [[0x10, 1]])
  const otherLine = pcValues(values, [
    [4, 20],
    [0x10, 25],
  ])
  const functions = new Writer()
  // Two pairs and the end, then the records.
  const first = (2 * 2 + 1) * 4
  const size = 44 + 3 * 4 + 4 * 4
  functions
    .u32(0)
    .u32(first)
    .u32(0x20)
    .u32(first + size)
    .u32(0x30)
  const record = (
    entry: number,
    name: number,
    file: number,
    line: number,
    tree: number,
    start: number,
  ): void => {
    functions.u32(entry).u32(name).u32(0).u32(0).u32(0).u32(file).u32(line).u32(3).u32(0).u32(start)
    functions.u8(0, 0, 0, 4)
    functions.u32(0).u32(0).u32(tree)
    const none = 0xffffffff
    functions
      .u32(none)
      .u32(none)
      .u32(none)
      .u32(tree === 0 ? none : 0)
  }
  record(0, main, mainFile, mainLine, mainTree, 9)
  record(0x20, other, otherFile, otherLine, 0, 19)
  const w = new Writer().u32(0xfffffff1).u8(0, 0, 1, 8)
  const parts = [names, units, files, values, functions].map((p) => p.align(8).done())
  let at = 8 + 8 * 8
  w.u64(2).u64(2).u64(0)
  for (const p of parts) {
    w.u64(at)
    at += p.length
  }
  const funcNames = w.length
  for (const p of parts) w.bytes(p)
  const goFunc = w.length
  // One node: funcID and padding, name, the call's pc (the one before it: line 10), first line.
  w.u32(0).u32(add).u32(7).u32(3)
  return { bytes: w.done(), funcNames, goFunc }
}

/** Debug information, DWARF 4, of one C unit. */
function dwarf(text: number): { abbrev: Uint8Array; info: Uint8Array; line: Uint8Array } {
  const abbrev = new Writer()
  const kind = (code: number, tag: number, children: number, ...attrs: number[]): void => {
    abbrev.uleb(code).uleb(tag).u8(children)
    for (const a of attrs) abbrev.uleb(a)
    abbrev.u8(0, 0)
  }
  // name string, comp_dir string, stmt_list sec_offset, low_pc addr, high_pc data4
  kind(1, 0x11, 1, 0x03, 0x08, 0x1b, 0x08, 0x10, 0x17, 0x11, 0x01, 0x12, 0x06)
  // abstract function: name, decl_line data1
  kind(2, 0x2e, 0, 0x03, 0x08, 0x3b, 0x0b)
  kind(3, 0x2e, 1, 0x03, 0x08, 0x3b, 0x0b, 0x11, 0x01, 0x12, 0x06)
  // inlined: abstract_origin ref4, low_pc, high_pc, call_file data1, call_line data1
  kind(4, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0x58, 0x0b, 0x59, 0x0b)
  abbrev.u8(0)

  const body = new Writer()
  const header = 11
  body.u8(1)
  body.text('work.c')
  body.text('/csrc')
  body
    .u32(0)
    .u64(text + 0x30)
    .u32(0x10)
  const inner = header + body.length
  body.u8(2)
  body.text('c_inner')
  body.u8(5)
  body.u8(3)
  body.text('c_work')
  body.u8(8)
  body.u64(text + 0x30).u32(0x10)
  body
    .u8(4)
    .u32(inner)
    .u64(text + 0x34)
    .u32(4)
    .u8(1, 9)
  body.u8(0, 0)
  const info = new Writer()
  info
    .u32(7 + body.length)
    .u16(4)
    .u32(0)
    .u8(8)
    .bytes(body.done())

  const head = new Writer()
  // min length 1, max ops 1, default stmt, line base -5, range 14, opcode base 13
  head.u8(1, 1, 1, -5, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
  head.text('inc')
  head.u8(0)
  head.text('work.c')
  head.u8(0, 0, 0)
  head.text('inner.h')
  head.u8(1, 0, 0, 0)
  const ops = new Writer()
  ops.u8(0, 9, 2).u64(text + 0x30)
  // Line 8 at +0, inner.h:6 at +4, work.c:10 at +8, the end at +16.
  ops.u8(3).sleb(7).u8(1)
  ops.u8(2).uleb(4).u8(4).uleb(2).u8(3).sleb(-2).u8(1)
  ops.u8(2).uleb(4).u8(4).uleb(1).u8(3).sleb(4).u8(1)
  ops.u8(2).uleb(8).u8(0, 1, 1)
  const line = new Writer()
  line
    .u32(2 + 4 + head.length + ops.length)
    .u16(4)
    .u32(head.length)
    .bytes(head.done())
    .bytes(ops.done())
  return { abbrev: abbrev.done(), info: info.done(), line: line.done() }
}

/** The build info blob of Go 1.18 and later. */
function buildInfo(): Uint8Array {
  const w = new Writer().u8(0xff).bytes(encodeUtf8(' Go buildinf:')).u8(8, 2).align(32)
  const text = (b: Uint8Array): void => {
    w.uleb(b.length).bytes(b)
  }
  text(encodeUtf8('go1.99.1'))
  const lines = [
    'path\texample.com/hand',
    'mod\texample.com/hand\tv1.2.3\th1:abc=',
    'dep\texample.com/dep\tv0.1.0',
    '=>\texample.com/fork\tv0.2.0\th1:def=',
    'build\t-ldflags="-s -w \\"x\\""',
    'build\tvcs.revision=0123abc',
    '',
  ].join('\n')
  text(
    new Writer()
      .bytes(new Uint8Array(16).fill(0x30))
      .bytes(encodeUtf8(lines))
      .bytes(new Uint8Array(16).fill(0xf2))
      .done(),
  )
  return w.done()
}

const note = (name: string, type: number, content: Uint8Array): Uint8Array => {
  const w = new Writer()
    .u32(name.length + 1)
    .u32(content.length)
    .u32(type)
  w.text(name)
  return w.align(4).bytes(content).align(4).done()
}

interface Part {
  name: string
  type: number
  flags: number
  bytes: Uint8Array
  mapped: boolean
  link?: number
}

/** The file, and the address of its code. */
export function handmadeElf(options: HandmadeOptions = {}): { bytes: Uint8Array; text: number } {
  const { symbols = true, compressed = false, pclnSection = '.gopclntab' } = options
  const headers = 64 + 56
  const text = BASE + 0x100
  const table = pclntab()
  const debug = dwarf(text)
  const pclnAddress = text + 0x40
  const module = new Writer().u64(pclnAddress).u64(pclnAddress + table.funcNames)
  while (module.length < 22 * 8) module.u64(0)
  module.u64(text)
  while (module.length < 40 * 8) module.u64(0)
  module.u64(pclnAddress + table.goFunc)

  const strings = new Writer().u8(0)
  const symtab = new Writer().bytes(new Uint8Array(24))
  const symbol = (name: string, info: number, section: number, address: number, size: number): void => {
    symtab.u32(strings.text(name)).u8(info, 0).u16(section).u64(address).u64(size)
  }
  // Out of order, with a file name, an undefined one, and a data symbol.
  symbol('work.c', 4, 0xfff1, 0, 0)
  symbol('main.other', 0x12, 1, text + 0x20, 0x10)
  symbol('main.main', 0x12, 1, text, 0x20)
  symbol('runtime.text', 0x02, 1, text, 0)
  symbol('c_work', 0x12, 1, text + 0x30, 0x10)
  symbol('puts', 0x10, 0, 0, 0)
  symbol('go:func.*', 0x01, 2, pclnAddress + table.goFunc, 0)
  symbol('main.data', 0x11, 3, pclnAddress + 0x1000, 8)

  const pack = (b: Uint8Array): Uint8Array =>
    compressed ? new Writer().u32(1).u32(0).u64(b.length).u64(1).bytes(unreverse(b)).done() : b
  const debugFlags = compressed ? 0x800 : 0
  const code = new Uint8Array(0x40).fill(0x90)
  const parts: Part[] = [
    { name: '.text', type: 1, flags: 6, bytes: code, mapped: true },
    { name: pclnSection, type: 1, flags: 2, bytes: table.bytes, mapped: true },
    { name: '.go.module', type: 1, flags: 3, bytes: module.done(), mapped: true },
    { name: '.go.buildinfo', type: 1, flags: 3, bytes: buildInfo(), mapped: true },
    { name: '.note.go.buildid', type: 7, flags: 2, bytes: note('Go', 4, encodeUtf8('a/b/c')), mapped: true },
    {
      name: '.note.gnu.build-id',
      type: 7,
      flags: 2,
      bytes: note('GNU', 3, Uint8Array.of(0xde, 0xad, 1)),
      mapped: true,
    },
    { name: '.debug_abbrev', type: 1, flags: debugFlags, bytes: pack(debug.abbrev), mapped: false },
    { name: '.debug_info', type: 1, flags: debugFlags, bytes: pack(debug.info), mapped: false },
    { name: '.debug_line', type: 1, flags: debugFlags, bytes: pack(debug.line), mapped: false },
  ]
  if (symbols) {
    parts.push({ name: '.strtab', type: 3, flags: 0, bytes: strings.done(), mapped: false })
    parts.push({
      name: '.symtab',
      type: 2,
      flags: 0,
      bytes: symtab.done(),
      mapped: false,
      link: parts.length,
    })
  }
  const names = new Writer().u8(0)
  const nameAt = [...parts.map((p) => names.text(p.name)), names.text('.shstrtab')]
  parts.push({ name: '.shstrtab', type: 3, flags: 0, bytes: names.done(), mapped: false })

  const w = new Writer()
  const content = new Writer().bytes(new Uint8Array(0x100 - headers))
  const offsets = parts.map((p) => {
    // The line table lies right behind the code, see pclnAddress.
    content.align(8)
    const at = headers + content.length
    content.bytes(p.bytes)
    return at
  })
  content.align(8)
  const sectionTable = headers + content.length
  w.u8(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1).align(16)
  w.u16(2).u16(62).u32(1).u64(text).u64(64).u64(sectionTable).u32(0)
  w.u16(64)
    .u16(56)
    .u16(1)
    .u16(64)
    .u16(parts.length + 1)
    .u16(parts.length)
  // One segment over everything: read, write, execute.
  w.u32(1).u32(7).u64(0).u64(BASE).u64(BASE).u64(sectionTable).u64(sectionTable).u64(0x1000)
  w.bytes(content.done())
  w.bytes(new Uint8Array(64))
  parts.forEach((p, i) => {
    w.u32(nameAt[i])
      .u32(p.type)
      .u64(p.flags)
      .u64(p.mapped ? BASE + offsets[i] : 0)
    w.u64(offsets[i])
      .u64(p.bytes.length)
      .u32(p.link ?? 0)
      .u32(0)
      .u64(8)
      .u64(p.type === 2 ? 24 : 0)
  })
  return { bytes: w.done(), text }
}
