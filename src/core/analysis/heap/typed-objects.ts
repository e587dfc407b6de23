// Types of objects, followed from what is known (global variables, variables of functions, interfaces,
// finalizers) through pointers.
//
// An object may be reached in several ways that tell different things: as a whole, as an array of something,
// by a pointer to one of its fields. Better evidence is used first, and replaces weaker:
//   whole  a pointer to its start, of a type that its size class was made for
//   part   an array (of unknown length) from its start, or a smaller type at its start
//   inner  a type somewhere within it
// The pointers of each object are followed once for each better type it gets, three times at most.

import { GrowU32 } from '../../base/grow.ts'
import type { GoLocal, GoType, GoTypes } from '../../binary/dwarf-types.ts'
import { type HeapDump, NO_OBJECT, ROOT } from '../../model/heap-dump.ts'
import { type HeapTypes, kindName } from './heap-types.ts'
import { fieldName, leafAt, type TypeLeaf } from './type-fields.ts'

const EVIDENCE = { none: 0, inner: 1, part: 2, whole: 3 } as const

/** Bytes in front of the value in objects with pointers that are larger than this, since Go 1.22 (runtime: mallocHeaderSize). */
const HEADER = 8
const NO_HEADER = 512
/** Sizes of the runtime's size classes (internal/runtime/gc/sizeclasses.go), up to which rounding is told. */
const CLASSES: readonly number[] = [
  0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
  448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
  3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336,
  16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
]
const PAGE = 8192

/** What an object is: a type, or an array of it. */
interface Shape {
  readonly name: string
  /** Number of the Go type, -1 for closures and texts. */
  readonly type: number
  readonly array: boolean
  /** Variables of a closure. */
  readonly captures?: readonly { readonly name: string; readonly type: number; readonly offset: number }[]
}

/** What is known of a dump's addresses, which are as in the dump; see HeapProgram. */
export interface TypeSource {
  readonly dump: HeapDump
  fileAddress(address: number): number
  functionAt(code: number): string
  functionStart(code: number): number
  variableAt(segment: 'data' | 'bss', offset: number): { variable: number; offset: number } | undefined
  variableType(variable: number): number
  typeAt(descriptor: number): number
}

/** Finds the types of a dump's objects. The dump must have its contents. */
export function typedObjects(program: TypeSource, go: GoTypes): HeapTypes {
  if (program.dump.contents === undefined) throw new Error('the dump was read without contents')
  const finder = new TypeFinder(program, go)
  finder.run()
  return finder.types()
}

class TypeFinder {
  private readonly program: TypeSource
  private readonly go: GoTypes
  private readonly dump: HeapDump
  private readonly shapes: Shape[] = [{ name: '', type: -1, array: false }]
  private readonly shapeIds = new Map<string, number>()
  /** Type -> its shapes, for look-ups without text. */
  private readonly single: number[] = []
  private readonly arrays: number[] = []
  /** Object -> shape, 0 for unknown; where its value begins; how good the evidence is. */
  private readonly shape: Uint32Array
  private readonly start: Uint32Array
  private readonly evidence: Uint8Array
  /** Objects to follow, by evidence. */
  private readonly queues = [new GrowU32(16), new GrowU32(1024), new GrowU32(1024), new GrowU32(1024)]
  private readonly closures = new Map<number, number>()
  private viewed: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.viewed.buffer)
  private readonly word: number
  private readonly base: number

  constructor(program: TypeSource, go: GoTypes) {
    this.program = program
    this.go = go
    this.dump = program.dump
    const { count } = this.dump.objects
    this.shape = new Uint32Array(count)
    this.start = new Uint32Array(count)
    this.evidence = new Uint8Array(count)
    this.word = this.dump.params.pointerSize
    this.base = Number(this.dump.params.heapStart)
  }

  run(): void {
    this.fromFinalizers()
    this.fromVariables()
    this.drain()
    this.fromFrames()
    this.drain()
  }

  private drain(): void {
    for (;;) {
      let evidence: number = EVIDENCE.whole
      while (evidence > 0 && this.queues[evidence].length === 0) evidence--
      if (evidence === 0) return
      const queue = this.queues[evidence]
      const object = queue.a[--queue.length]
      if (this.evidence[object] === evidence) this.follow(object)
    }
  }

  // ---- where types are known ----

  private fromVariables(): void {
    const { roots } = this.dump
    for (let root = 0; root < roots.count; root++) {
      const kind = roots.kind[root]
      if (kind !== ROOT.data && kind !== ROOT.bss) continue
      const segment = kind === ROOT.data ? 'data' : 'bss'
      const place = this.program.variableAt(segment, roots.offset[root])
      const type = place === undefined ? -1 : this.program.variableType(place.variable)
      const memory = segment === 'data' ? this.dump.data : this.dump.bss
      if (place === undefined || type < 0 || memory === undefined) continue
      this.pointer(
        leafAt(this.go, type, place.offset),
        memory.content + roots.offset[root],
        memory.content,
        memory.content + memory.size,
        roots.target[root],
      )
    }
  }

  private fromFinalizers(): void {
    const { finalizers: f } = this.dump
    for (let k = 0; k < f.count; k++) {
      // The descriptor is that of the pointer.
      const type = this.program.typeAt(f.type[k])
      if (f.object[k] !== NO_OBJECT && type >= 0 && this.go.type(type).kind === 'pointer')
        this.assign(f.object[k], 0, this.go.type(type).elem, false)
    }
  }

  private fromFrames(): void {
    const { roots, frames } = this.dump
    let frame = -1
    let locals: readonly GoLocal[] = []
    for (let root = 0; root < roots.count; root++) {
      const kind = roots.kind[root]
      if (kind !== ROOT.frame && kind !== ROOT.frameWord) continue
      if (roots.of[root] !== frame) {
        frame = roots.of[root]
        locals = frameLocals(this.program, this.go, frame)
      }
      const at = roots.offset[root] - frames.size[frame]
      const found = coveringLocal(this.go, locals, at)
      if (found === undefined) continue
      const content = frames.content[frame]
      this.pointer(
        leafAt(this.go, found.local.type, found.offset),
        content + roots.offset[root],
        content,
        content + frames.size[frame],
        roots.target[root],
      )
    }
  }

  // ---- following ----

  private follow(object: number): void {
    const { objects, pointerStart, target, contentStart } = this.dump
    const kind = objects.kind[object]
    const { start: first, offset } = objects.kinds
    const from = first[kind]
    const count = first[kind + 1] - from
    if (count === 0) return
    const shape = this.shapes[this.shape[object]]
    const begin = this.start[object]
    const content = contentStart[object]
    const size = objects.kinds.size[kind]
    const elemSize = shape.type >= 0 ? this.go.type(shape.type).size : 0
    for (let k = 0; k < count; k++) {
      const to = target[pointerStart[object] + k]
      if (to === NO_OBJECT) continue
      let at = offset[from + k] - begin
      if (at < 0) continue
      if (shape.captures !== undefined) {
        const capture = shape.captures.find(
          (c, i) => at >= c.offset && at < (shape.captures![i + 1]?.offset ?? size),
        )
        if (capture !== undefined)
          this.pointer(
            leafAt(this.go, capture.type, at - capture.offset),
            content + offset[from + k],
            content,
            content + size,
            to,
          )
        continue
      }
      if (shape.type < 0) continue
      if (shape.array) at %= elemSize
      else if (at >= elemSize) continue
      this.pointer(leafAt(this.go, shape.type, at), content + offset[from + k], content, content + size, to)
    }
  }

  /**
   * A pointer of known type: `place` is where it lies in the contents, within [low, high), `to` the object it
   * leads into.
   */
  private pointer(leaf: TypeLeaf | undefined, place: number, low: number, high: number, to: number): void {
    if (leaf === undefined) return
    const { type } = leaf
    switch (type.kind) {
      case 'pointer':
        this.plainPointer(leaf, place, low, high, to)
        return
      case 'slice':
        if (leaf.offset === 0 && type.elem >= 0) this.assign(to, this.offsetIn(place, to), type.elem, true)
        return
      case 'string':
        if (leaf.offset === 0) this.give(to, 0, this.shapeNamed('string'), EVIDENCE.part)
        return
      case 'eface':
      case 'iface':
        // The first word tells the type of what the second points to.
        if (leaf.offset === this.word && place - this.word >= low)
          this.boxed(this.wordAt(place, -this.word), type.kind === 'iface', place, to)
        return
      case 'func':
        this.closure(to)
        return
      case 'unsafe':
        this.unsafePointer(leaf, place, to)
        return
      default:
        return
    }
  }

  private plainPointer(leaf: TypeLeaf, place: number, low: number, high: number, to: number): void {
    const { elem } = leaf.type
    const name = this.go.type(elem).name
    // The directory of a map (Go 1.24) is the only group of a small one: then its length, the next word, is 0.
    if (leaf.member === 'dirPtr' && leaf.parent?.name.startsWith('map<')) {
      if (place + 2 * this.word > high || place < low) return
      const table = this.go.type(elem)
      if (this.wordAt(place, this.word) !== 0) this.assign(to, this.offsetIn(place, to), elem, true)
      else {
        const group = table.elem < 0 ? -1 : groupOf(this.go, this.go.type(table.elem))
        if (group >= 0) this.assign(to, this.offsetIn(place, to), group, true)
      }
      return
    }
    const many = MAP_MEMORY.test(name)
    this.assign(to, this.offsetIn(place, to), elem, many)
  }

  /** A value in an interface. `word` is the descriptor of its type, or the table that names it. */
  private boxed(word: number, table: boolean, place: number, to: number): void {
    const descriptor = table ? (this.dump.itabs.get(word) ?? Number.NaN) : word
    const id = this.program.typeAt(descriptor)
    if (id < 0) return
    const type = this.go.type(id)
    const offset = this.offsetIn(place, to)
    // What is one pointer in size is in the interface itself.
    const direct = directPointer(this.go, type)
    if (direct === undefined) this.assign(to, offset, id, false)
    else
      this.pointer(
        { type: direct, offset: 0, parent: undefined, parentOffset: 0, member: '' },
        place,
        place,
        place + this.word,
        to,
      )
  }

  private closure(to: number): void {
    const { objects, contentStart } = this.dump
    const kind = objects.kind[to]
    // A closure without variables lies outside of the heap; one without pointers is not kept.
    if (objects.kinds.start[kind] === objects.kinds.start[kind + 1]) {
      this.give(to, 0, this.shapeNamed('closure'), EVIDENCE.part)
      return
    }
    const code = this.wordAt(contentStart[to], 0)
    const entry = this.program.functionStart(code)
    if (entry < 0) return
    let shape = this.closures.get(entry)
    if (shape === undefined) {
      shape = this.shapes.length
      this.shapes.push({
        name: `closure ${this.program.functionAt(code)}`,
        type: -1,
        array: false,
        captures: this.go.captures(entry),
      })
      this.closures.set(entry, shape)
    }
    this.give(to, 0, shape, EVIDENCE.whole)
  }

  /** Unsafe pointers whose type their neighbours tell. */
  private unsafePointer(leaf: TypeLeaf, place: number, to: number): void {
    const { parent } = leaf
    if (parent === undefined) return
    let elem = -1
    if (parent.name.startsWith('sync/atomic.Pointer[')) {
      // struct { _ [0]*T; _ noCopy; v unsafe.Pointer }
      for (const m of parent.members) {
        const marker = this.go.type(m.type)
        const pointer = marker.kind === 'array' && marker.elem >= 0 ? this.go.type(marker.elem) : undefined
        if (pointer?.kind === 'pointer') elem = pointer.elem
      }
      if (elem >= 0) this.assign(to, this.offsetIn(place, to), elem, false)
    } else if (leaf.member === 'buf' && parent.name.startsWith('hchan<')) {
      elem = channelElement(this.go, parent)
      if (elem >= 0) this.assign(to, this.offsetIn(place, to), elem, true)
    }
  }

  // ---- giving types ----

  /** An object holds a value of a type (several from there on, for `many`) at an offset. */
  private assign(object: number, offset: number, type: number, many: boolean): void {
    const { objects } = this.dump
    const size = objects.size(object)
    const valueSize = this.go.type(type).size
    if (!(valueSize > 0) || offset < 0) return
    if (offset !== 0 && !(offset === HEADER && size > NO_HEADER)) {
      // An element of an array, or a field: enough if nothing better comes.
      if (offset + valueSize <= size) this.give(object, offset, this.shapeOf(type, false), EVIDENCE.inner)
      return
    }
    const room = size - offset
    if (valueSize > room) return
    const whole = fitsClass(valueSize + offset, size)
    if (whole) this.give(object, offset, this.shapeOf(type, false), many ? EVIDENCE.part : EVIDENCE.whole)
    else if (many) this.give(object, offset, this.shapeOf(type, true), EVIDENCE.part)
    else this.give(object, offset, this.shapeOf(type, false), EVIDENCE.inner)
  }

  private give(object: number, offset: number, shape: number, evidence: number): void {
    if (this.evidence[object] >= evidence) return
    this.evidence[object] = evidence
    this.shape[object] = shape
    this.start[object] = offset
    this.queues[evidence].push(object)
  }

  private shapeOf(type: number, array: boolean): number {
    const known = array ? this.arrays : this.single
    let shape = known[type] ?? 0
    if (shape === 0) {
      shape = this.shapes.length
      const name = friendlyName(this.go.type(type).name)
      this.shapes.push({ name: array ? `[]${name}` : name, type, array })
      while (known.length <= type) known.push(0)
      known[type] = shape
    }
    return shape
  }

  private shapeNamed(name: string): number {
    let shape = this.shapeIds.get(name)
    if (shape === undefined) {
      shape = this.shapes.length
      this.shapes.push({ name, type: -1, array: false })
      this.shapeIds.set(name, shape)
    }
    return shape
  }

  // ---- contents ----

  /** The word that lies `distance` bytes from a place of the contents, relative to the heap as all addresses. */
  private wordAt(place: number, distance: number): number {
    const bytes = this.dump.contents!.bytes(place)
    const at = this.dump.contents!.offset(place) + distance
    if (this.viewed !== bytes) {
      this.viewed = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    const { view } = this
    const little = !this.dump.params.bigEndian
    let value: number
    if (this.word === 4) value = view.getUint32(at, little)
    else {
      const low = view.getUint32(little ? at : at + 4, little)
      const high = view.getUint32(little ? at + 4 : at, little)
      value = high * 2 ** 32 + low
    }
    return value === 0 ? (distance === this.word ? 0 : Number.NaN) : value - this.base
  }

  /** How far into the object the pointer at a place leads. */
  private offsetIn(place: number, object: number): number {
    return this.wordAt(place, 0) - this.dump.objects.address(object)
  }

  types(): HeapTypes {
    const { dump, go, shape, start } = this
    const { shapes } = this
    const { objects } = dump
    let named = 0
    let bytes = 0
    for (let object = 0; object < objects.count; object++) {
      if (shape[object] === 0) continue
      named++
      bytes += objects.size(object)
    }
    return {
      count: shapes.length + objects.kinds.count,
      of: (object) => (shape[object] !== 0 ? shape[object] : shapes.length + objects.kind[object]),
      name: (type) =>
        type < shapes.length
          ? shapes[type].name
          : kindName(objects.kinds, type - shapes.length, dump.params.pointerSize),
      isNamed: (type) => type < shapes.length,
      fieldAt: (object, offset) => {
        const s = shapes[shape[object]]
        let at = offset - start[object]
        if (shape[object] === 0 || at < 0) return ''
        if (s.captures !== undefined) {
          const c = s.captures.findLast((x) => x.offset <= at)
          return c === undefined ? '' : `.${c.name}${fieldName(go, c.type, at - c.offset)}`
        }
        if (s.type < 0) return ''
        const { size } = go.type(s.type)
        let index = ''
        if (s.array) {
          index = `[${Math.floor(at / size)}]`
          at %= size
        } else if (at >= size) return ''
        return index + fieldName(go, s.type, at)
      },
      named: { objects: named, bytes },
    }
  }
}

/** Variables of a frame, with pieces counted from its end. */
export function frameLocals(program: TypeSource, go: GoTypes, frame: number): readonly GoLocal[] {
  const { frames } = program.dump
  const entry = program.fileAddress(frames.entry[frame])
  const pc = program.fileAddress(frames.pc[frame])
  // The address is that behind the call.
  return go.locals(entry, pc > entry ? pc - 1 : pc)
}

/**
 * The variable that lies `at` bytes from the frame's end, and how far into it that is. Of several the largest: Go 1.27
 * also lists the pointer of a slice as a variable.
 */
export function coveringLocal(
  go: GoTypes,
  locals: readonly GoLocal[],
  at: number,
): { local: GoLocal; offset: number } | undefined {
  let best: { local: GoLocal; offset: number } | undefined
  for (const local of locals) {
    const piece = local.pieces.find((p) => at >= p.frame && at < p.frame + p.size)
    if (piece === undefined) continue
    if (best === undefined || go.type(local.type).size > go.type(best.local.type).size)
      best = { local, offset: piece.offset + at - piece.frame }
  }
  return best
}

/** Memory of maps, in which several of these lie one behind the other. */
const MAP_MEMORY = /^(bucket<|(noalg\.)?map\.(group|bucket)\[|group<)/

/** `noalg.map.group[string]int` and the like as the map that has them. */
function friendlyName(full: string): string {
  const stars = /^\**/.exec(full)![0]
  const name = full.slice(stars.length)
  const group = /^(?:noalg\.)?map\.(?:group|bucket)(\[.*)$/s.exec(name)
  if (group !== null) return `${stars}map${group[1]} entries`
  const parts = /^(bucket|hash|map|table)<(.*)>$/s.exec(name)
  const comma = parts === null ? -1 : splitKey(parts[2])
  if (parts === null || comma < 0) return full
  const what = parts[1] === 'bucket' ? 'entries' : parts[1] === 'table' ? 'table' : 'header'
  return `${stars}map[${parts[2].slice(0, comma)}]${parts[2].slice(comma + 1)} ${what}`
}

/** Place of the comma between key and value, -1 if there is none outside of brackets. */
function splitKey(s: string): number {
  let depth = 0
  for (let k = 0; k < s.length; k++) {
    const c = s[k]
    if (c === '<' || c === '[' || c === '(' || c === '{') depth++
    else if (c === '>' || c === ']' || c === ')' || c === '}') depth--
    else if (c === ',' && depth === 0) return k
  }
  return -1
}

/** The groups of a table<K,V>: groups.data points to them. */
function groupOf(go: GoTypes, table: GoType): number {
  const inner = table.kind === 'pointer' && table.elem >= 0 ? go.type(table.elem) : table
  const groups = inner.members.find((m) => m.name === 'groups')
  const data = groups === undefined ? undefined : go.type(groups.type).members.find((m) => m.name === 'data')
  return data === undefined ? -1 : go.type(data.type).elem
}

/** The elements of an hchan<T>: what waiting goroutines send or receive. */
function channelElement(go: GoTypes, channel: GoType): number {
  let type: GoType = channel
  for (const name of ['recvq', 'first']) {
    const m = type.members.find((x) => x.name === name)
    if (m === undefined) return -1
    type = go.type(m.type)
  }
  const sudog = type.elem < 0 ? undefined : go.type(type.elem)
  const elem = sudog?.members.find((m) => m.name === 'elem')
  const pointer = elem === undefined ? undefined : go.type(elem.type)
  return pointer?.kind === 'pointer' ? pointer.elem : -1
}

/** The pointer that a type consists of, undefined if it is larger or none. */
function directPointer(go: GoTypes, type: GoType): GoType | undefined {
  let t = type
  for (let depth = 0; depth < 16; depth++) {
    if (t.kind === 'pointer' || t.kind === 'func' || t.kind === 'unsafe') return t
    const inner =
      t.kind === 'struct'
        ? t.members.find((m) => go.type(m.type).size === t.size)?.type
        : t.kind === 'array'
          ? t.elem
          : -1
    if (inner === undefined || inner < 0 || go.type(inner).size !== t.size) return undefined
    t = go.type(inner)
  }
  return undefined
}

/** Whether a value of `size` bytes is given a slot of `slot` bytes. */
function fitsClass(size: number, slot: number): boolean {
  if (size > slot) return false
  if (slot > 32768) return size > slot - PAGE
  let low = 0
  let high = CLASSES.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (CLASSES[middle] < slot) low = middle + 1
    else high = middle
  }
  return size > CLASSES[low - 1]
}
