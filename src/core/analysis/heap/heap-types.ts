// What objects are called: their types where debug information tells, else their size and which words of
// them are pointers, which is all that a heap dump says.

import { bytesText } from '../../base/people-fmt.ts'
import type { HeapDump, HeapKinds } from '../../model/heap-dump.ts'

/** Types of objects, numbered. */
export interface HeapTypes {
  readonly count: number
  /** Object -> type. */
  of(object: number): number
  name(type: number): string
  /** Whether a type is one of the program, not only a size and a pattern. */
  isNamed(type: number): boolean
  /** What stands at an offset of an object: `.next`, `[3].name`; '' if unknown. */
  fieldAt(object: number, offset: number): string
  /** Objects of known type, and their bytes. */
  readonly named: { readonly objects: number; readonly bytes: number }
}

/** Kinds of objects as their types. */
export function kindTypes(dump: HeapDump): HeapTypes {
  const { kind, kinds } = dump.objects
  return {
    count: kinds.count,
    of: (object) => kind[object],
    name: (type) => kindName(kinds, type, dump.params.pointerSize),
    isNamed: () => false,
    fieldAt: () => '',
    named: { objects: 0, bytes: 0 },
  }
}

/** Words of a pattern that are spelled out. */
const SPELLED = 12

/** `48 B P.P...`: the size, and for each word whether it is a pointer. */
export function kindName(kinds: HeapKinds, kind: number, pointerSize: number): string {
  const size = bytesText(kinds.size[kind])
  const from = kinds.start[kind]
  const pointers = kinds.start[kind + 1] - from
  if (pointers === 0) return `${size} without pointers`
  const words = Math.floor(kinds.size[kind] / pointerSize)
  const marks = new Array<string>(Math.min(words, SPELLED)).fill('.')
  for (let k = from; k < kinds.start[kind + 1]; k++) {
    const word = kinds.offset[k] / pointerSize
    if (word >= marks.length) break
    marks[word] = 'P'
  }
  const more = words > SPELLED ? `… ${pointers} of ${words} words` : ''
  return `${size} ${marks.join('')}${more}`
}
