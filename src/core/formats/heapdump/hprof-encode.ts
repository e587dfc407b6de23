// A heap dump in the format of Java's (HPROF 1.0.2), for the tools that exist for it.
//
// Objects keep their addresses. What has no pointers becomes a byte[]; a small object with pointers an
// instance of a class with a field for each word; a large one an array with an element for each word, null
// where it is no pointer. So sizes are those of Go, but for the header that Java's tools add to each.
// Global variables are static fields of a class per package, goroutines are threads.
//
// Layout: "HPROF Binary Format" in OpenJDK, src/hotspot/share/services/heapDumper.cpp.

import { GrowU32 } from '../../base/grow.ts'
import { displayable, encodeUtf8 } from '../../base/utf8.ts'
import { type HeapDump, NO_OBJECT } from '../../model/heap-dump.ts'
import { HprofWriter } from './hprof-writer.ts'
import type { Memory } from './records.ts'

/** What the encoder needs besides the dump. */
export interface HprofSource {
  readonly dump: HeapDump
  /** Object -> number of its type. */
  typeOf(object: number): number
  typeName(type: number): string
  /** Whether objects without pointers keep their type, too; if not they are byte[]. */
  isNamed(type: number): boolean
  /** Name of what stands at an offset of an object of this type, '' if unknown. */
  fieldName(object: number, offset: number): string
  /** Pointers of global variables. */
  readonly variables: readonly HprofVariable[]
  /** Goroutines by row. */
  goroutineName(goroutine: number): string
  /** Pointers of frames: frame by row, object. */
  readonly frameRoots: readonly (readonly [frame: number, object: number])[]
  /** Other roots. */
  readonly otherRoots: readonly number[]
}

export interface HprofVariable {
  /** Class that has it: the package. */
  readonly owner: string
  readonly name: string
  readonly object: number
}

const RECORD = { string: 1, loadClass: 2, frame: 4, trace: 5, end: 0x2c } as const
const SUB = {
  rootUnknown: 0xff,
  rootFrame: 0x03,
  rootSticky: 0x05,
  rootThread: 0x08,
  classDump: 0x20,
  instance: 0x21,
  objectArray: 0x22,
  primitiveArray: 0x23,
} as const
const TYPE = { object: 2, byte: 8, int: 10, long: 11 } as const

const BYTES: Readonly<Record<number, number>> = {
  [TYPE.object]: 8,
  [TYPE.byte]: 1,
  [TYPE.int]: 4,
  [TYPE.long]: 8,
}

/** Objects of more words are arrays. */
const MAX_FIELDS = 64
/** Java counts elements with 31 bits. */
const MAX_ELEMENTS = 0x7fffffff
/** Static fields are counted with 16 bits. */
const MAX_STATICS = 0xffff
/** Made-up objects (classes, names, threads) lie below any Go heap. */
const FIRST_ID = 0x1000
const ID_STEP = 16

/** Writes the file piece by piece: `begin`, then each object in file order, then `end`. */
export class HprofEncoder {
  private readonly source: HprofSource
  private readonly out: HprofWriter
  private nextId = FIRST_ID
  private readonly strings = new Map<string, number>()
  private readonly classIds = new Map<string, number>()
  private serial = 0
  /** Kind and type -> class of the objects. */
  private readonly objectClass = new Map<number, ObjectClass>()
  private lastKey = -1
  private lastClass: ObjectClass | undefined
  private readonly high: number
  private readonly low: number
  /** Objects that were cut because Java's arrays cannot be as long. */
  cut = 0

  constructor(source: HprofSource, write: (piece: Uint8Array) => void) {
    this.source = source
    this.out = new HprofWriter(write)
    const base = BigInt.asUintN(64, BigInt(source.dump.params.heapStart))
    this.high = Number(base >> 32n)
    this.low = Number(base & 0xffffffffn)
  }

  /** `millis` is the time of the dump, since 1970. */
  begin(millis: number): void {
    const { out } = this
    out.header(millis)
    const object = this.classNamed('java/lang/Object')
    const basic: readonly [string, readonly (readonly [string, number])[]][] = [
      ['java/lang/Class', []],
      ['java/lang/ClassLoader', []],
      [
        'java/lang/String',
        [
          ['value', TYPE.object],
          ['coder', TYPE.byte],
          ['hash', TYPE.int],
        ],
      ],
      ['java/lang/Thread', [['name', TYPE.object]]],
      // Tools look up by name what they treat in a special way, and some fail where it is not there.
      ['java/lang/ref/Reference', [['referent', TYPE.object]]],
      ['java/lang/ref/SoftReference', []],
      ['java/lang/ref/WeakReference', []],
      ['java/lang/ref/PhantomReference', []],
      ['java/lang/ref/FinalReference', []],
      ['[B', []],
      ['[Ljava/lang/Object;', []],
    ]
    this.classDump(object, 0, [], [])
    const reference = 'java/lang/ref/Reference'
    for (const [name, fields] of basic) {
      const isReference = name !== reference && name.startsWith('java/lang/ref/')
      const bytes = fields.reduce((n, [, type]) => n + (BYTES[type] ?? 0), 0)
      this.classDump(
        this.classNamed(name),
        isReference ? this.classNamed(reference) : object,
        [],
        fields,
        bytes,
      )
    }
    this.makeObjectClasses(object)
    this.variables(object)
    this.traces()
    this.out.flushSegment()
  }

  /** The next object's bytes. */
  object(object: number, m: Memory): void {
    const { out } = this
    const c = this.classOf(object)
    const { dump } = this.source
    const word = dump.params.pointerSize
    if (c.form === 'bytes') {
      const n = this.elements(m.size)
      out.u8(SUB.primitiveArray)
      this.objectId(object)
      out.u32(0)
      out.u32(n)
      out.u8(TYPE.byte)
      out.bytes(m.bytes.subarray(m.from, m.from + n))
      out.endOfObject()
      return
    }
    const { start, offset } = dump.objects.kinds
    const kind = dump.objects.kind[object]
    let pointer = start[kind]
    let target = dump.pointerStart[object]
    const words = c.form === 'instance' ? c.words : this.elements(Math.floor(m.size / word))
    out.u8(c.form === 'instance' ? SUB.instance : SUB.objectArray)
    this.objectId(object)
    out.u32(0)
    if (c.form === 'instance') {
      out.u64(c.id)
      out.u32(c.bytes)
    } else {
      out.u32(words)
      out.u64(c.id)
    }
    for (let k = 0; k < words; k++) {
      if (pointer < start[kind + 1] && offset[pointer] === k * word) {
        const to = dump.target[target++]
        if (to === NO_OBJECT) out.u64(0)
        else this.objectId(to)
        pointer++
      } else if (c.form === 'array') out.u64(0)
      else this.scalar(m, m.from + k * word, word)
    }
    out.endOfObject()
  }

  /** Threads, roots and the end. */
  end(): void {
    const { out, source } = this
    const { goroutines } = source.dump
    const threadClass = this.classNamed('java/lang/Thread')
    for (let g = 0; g < goroutines.count; g++) {
      const name = this.stringObject(source.goroutineName(g))
      const id = this.newId()
      out.u8(SUB.instance)
      out.u64(id)
      out.u32(0)
      out.u64(threadClass)
      out.u32(8)
      out.u64(name)
      out.u8(SUB.rootThread)
      out.u64(id)
      out.u32(g + 1)
      out.u32(g + 1)
      out.endOfObject()
    }
    let g = 0
    for (const [frame, object] of source.frameRoots) {
      while (g + 1 < goroutines.count && goroutines.firstFrame[g + 1] <= frame) g++
      out.u8(SUB.rootFrame)
      this.objectId(object)
      out.u32(g + 1)
      out.u32(frame - goroutines.firstFrame[g])
      out.endOfObject()
    }
    for (const object of source.otherRoots) {
      out.u8(SUB.rootUnknown)
      this.objectId(object)
      out.endOfObject()
    }
    out.flushSegment()
    out.record(RECORD.end, () => undefined)
    out.flush()
  }

  // ---- classes ----

  private makeObjectClasses(parent: number): void {
    const { source } = this
    const { objects } = source.dump
    for (let object = 0; object < objects.count; object++) {
      const key = this.keyOf(object)
      if (key === this.lastKey) continue
      this.lastKey = key
      if (this.objectClass.has(key)) continue
      this.objectClass.set(key, this.makeObjectClass(object, parent))
    }
    this.lastKey = -1
  }

  /** One number for kind and type. */
  private keyOf(object: number): number {
    return this.source.dump.objects.kind[object] * 2 ** 24 + this.source.typeOf(object)
  }

  private classOf(object: number): ObjectClass {
    const key = this.keyOf(object)
    if (key !== this.lastKey) {
      this.lastKey = key
      this.lastClass = this.objectClass.get(key)
    }
    return this.lastClass!
  }

  private makeObjectClass(object: number, parent: number): ObjectClass {
    const { source } = this
    const { objects, params } = source.dump
    const kind = objects.kind[object]
    const type = source.typeOf(object)
    const size = objects.kinds.size[kind]
    const from = objects.kinds.start[kind]
    const to = objects.kinds.start[kind + 1]
    const words = Math.floor(size / params.pointerSize)
    const small = words <= MAX_FIELDS
    if (from === to && !(small && source.isNamed(type))) return { form: 'bytes', id: 0, words: 0, bytes: 0 }
    const name = javaName(source.typeName(type))
    if (!small) {
      const elem = javaName(source.typeName(type).replace(/^\[\]/, ''))
      const id = this.classNamed(`[L${elem};`, parent)
      return { form: 'array', id, words: 0, bytes: 0 }
    }
    const id = this.newClass(source.isNamed(type) ? `${name} (${size})` : name)
    const fields: (readonly [string, number])[] = []
    let bytes = 0
    let pointer = from
    for (let k = 0; k < words; k++) {
      const offset = k * params.pointerSize
      const isPointer = pointer < to && objects.kinds.offset[pointer] === offset
      if (isPointer) pointer++
      const fieldType = isPointer ? TYPE.object : params.pointerSize === 8 ? TYPE.long : TYPE.int
      bytes += fieldType === TYPE.int ? 4 : 8
      const known = source.fieldName(object, offset).replace(/^\./, '')
      // The words of a string, slice or interface are of one field.
      const again = fields.at(-1)?.[0].replace(/\+\d+$/, '') === known
      fields.push([known === '' || again ? `${known}+${offset}` : known, fieldType])
    }
    this.classDump(id, parent, [], fields, bytes)
    return { form: 'instance', id, words, bytes }
  }

  /** A class by name, made when it is first asked for; with `parent` it is written as well. */
  private classNamed(name: string, parent = 0): number {
    let id = this.classIds.get(name)
    if (id === undefined) {
      id = this.newClass(name)
      this.classIds.set(name, id)
      if (parent !== 0) this.classDump(id, parent, [], [])
    }
    return id
  }

  private newClass(name: string): number {
    const id = this.newId()
    const nameId = this.string(name)
    const serial = ++this.serial
    this.out.record(RECORD.loadClass, (w) => {
      w.u32(serial)
      w.u64(id)
      w.u32(0)
      w.u64(nameId)
    })
    return id
  }

  private classDump(
    id: number,
    parent: number,
    statics: readonly (readonly [name: string, object: number])[],
    fields: readonly (readonly [name: string, type: number])[],
    bytes = 0,
  ): void {
    const names = [...statics, ...fields].map(([name]) => this.string(name))
    const { out } = this
    out.u8(SUB.classDump)
    out.u64(id)
    out.u32(0)
    out.u64(parent)
    for (let k = 0; k < 5; k++) out.u64(0)
    out.u32(bytes)
    out.u16(0)
    out.u16(statics.length)
    statics.forEach(([, object], k) => {
      out.u64(names[k])
      out.u8(TYPE.object)
      this.objectId(object)
    })
    out.u16(fields.length)
    fields.forEach(([, type], k) => {
      out.u64(names[statics.length + k])
      out.u8(type)
    })
    out.endOfObject()
  }

  /** A class per package with its variables as static fields. */
  private variables(parent: number): void {
    const owners = new Map<string, (readonly [string, number])[]>()
    for (const v of this.source.variables) {
      const fields = owners.get(v.owner)
      if (fields === undefined) owners.set(v.owner, [[v.name, v.object]])
      else fields.push([v.name, v.object])
    }
    for (const [owner, fields] of owners) {
      for (let from = 0; from < fields.length; from += MAX_STATICS) {
        const id = this.newClass(javaName(owner))
        this.classDump(id, parent, fields.slice(from, from + MAX_STATICS), [])
        this.out.u8(SUB.rootSticky)
        this.out.u64(id)
        this.out.endOfObject()
      }
    }
  }

  /** Stacks of goroutines; the serial of a goroutine's trace and thread is its row + 1. */
  private traces(): void {
    const { out, source } = this
    const { goroutines, frames, strings } = source.dump
    const empty = this.string('')
    for (let g = 0; g < goroutines.count; g++) {
      const ids = new GrowU32(8)
      for (let f = goroutines.firstFrame[g]; f < goroutines.firstFrame[g + 1]; f++) {
        const id = this.newId()
        const method = this.string(strings.get(frames.fn[f]))
        out.record(RECORD.frame, (w) => {
          w.u64(id)
          w.u64(method)
          w.u64(empty)
          w.u64(empty)
          w.u32(1)
          w.u32(0)
        })
        ids.push(id)
      }
      out.record(RECORD.trace, (w) => {
        w.u32(g + 1)
        w.u32(g + 1)
        w.u32(ids.length)
        for (const id of ids.done()) w.u64(id)
      })
    }
  }

  // ---- values ----

  private newId(): number {
    const id = this.nextId
    this.nextId += ID_STEP
    return id
  }

  private string(text: string): number {
    let id = this.strings.get(text)
    if (id === undefined) {
      id = this.newId()
      this.strings.set(text, id)
      const nameId = id
      const bytes = encodeUtf8(displayable(text))
      this.out.record(RECORD.string, (w) => {
        w.u64(nameId)
        w.bytes(bytes)
      })
    }
    return id
  }

  /** A java.lang.String with its bytes (coder 1: UTF-16, low byte first as on the machines of today). */
  private stringObject(text: string): number {
    const { out } = this
    const shown = displayable(text)
    const value = this.newId()
    out.u8(SUB.primitiveArray)
    out.u64(value)
    out.u32(0)
    out.u32(shown.length * 2)
    out.u8(TYPE.byte)
    for (let k = 0; k < shown.length; k++) {
      const c = shown.charCodeAt(k)
      out.u8(c & 0xff)
      out.u8(c >> 8)
    }
    const id = this.newId()
    out.u8(SUB.instance)
    out.u64(id)
    out.u32(0)
    out.u64(this.classNamed('java/lang/String'))
    out.u32(13)
    out.u64(value)
    out.u8(1)
    out.u32(0)
    return id
  }

  private elements(n: number): number {
    if (n <= MAX_ELEMENTS) return n
    this.cut++
    return MAX_ELEMENTS
  }

  private objectId(object: number): void {
    // Sums of halves: no double holds all addresses.
    const address = this.source.dump.objects.address(object) + this.low
    const carry = Math.floor(address / 2 ** 32)
    this.out.u32((this.high + carry) >>> 0)
    this.out.u32((address - carry * 2 ** 32) >>> 0)
  }

  /** A word of the dump with its bytes as Java has them, high first. */
  private scalar(m: Memory, at: number, size: number): void {
    const little = !this.source.dump.params.bigEndian
    for (let k = 0; k < size; k++) this.out.u8(m.bytes[little ? at + size - 1 - k : at + k])
  }
}

interface ObjectClass {
  readonly form: 'bytes' | 'instance' | 'array'
  readonly id: number
  readonly words: number
  readonly bytes: number
}

/** A Go type's name as a class's: slashes are dots there, brackets would make it an array. */
function javaName(name: string): string {
  return name
    .replace(/^\[\]/, 'slice of ')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll(';', ',')
    .replaceAll('/', '.')
}
