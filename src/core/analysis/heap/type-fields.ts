// What lies at an offset of a type: the leaf that holds a pointer there, and its name.

import type { GoType, GoTypes } from '../../binary/dwarf-types.ts'

/** A leaf of a type: a pointer, string, slice, interface or other word that is not divided further. */
export interface TypeLeaf {
  readonly type: GoType
  /** Bytes from the leaf's start to the offset asked for. */
  readonly offset: number
  /** The struct that has the leaf as a member, undefined if none has. */
  readonly parent: GoType | undefined
  /** Bytes from the parent's start to the offset asked for. */
  readonly parentOffset: number
  readonly member: string
}

/** Nesting of types; more is damage. */
const MAX_DEPTH = 64

/** The leaf at an offset of a type; undefined if there is none (padding, or beyond the end). */
export function leafAt(types: GoTypes, type: number, offset: number): TypeLeaf | undefined {
  return descend(types, type, offset, undefined)
}

/** `.items[3].name`: what a programmer would write for an offset of a value of the type, '' for itself. */
export function fieldName(types: GoTypes, type: number, offset: number): string {
  const path: string[] = []
  descend(types, type, offset, path)
  return path.join('')
}

function descend(types: GoTypes, from: number, at: number, path: string[] | undefined): TypeLeaf | undefined {
  let type = types.type(from)
  let offset = at
  let parent: GoType | undefined
  let parentOffset = 0
  let member = ''
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (type.kind === 'array') {
      const elem = type.elem < 0 ? undefined : types.type(type.elem)
      if (elem === undefined || !(elem.size > 0) || offset >= type.size) return undefined
      path?.push(`[${Math.floor(offset / elem.size)}]`)
      offset %= elem.size
      type = elem
      continue
    }
    if (type.kind !== 'struct') return { type, offset, parent, parentOffset, member }
    const m = lastUpTo(type, offset)
    if (m === undefined) return undefined
    path?.push(`.${m.name}`)
    parent = type
    parentOffset = offset
    member = m.name
    offset -= m.offset
    type = types.type(m.type)
  }
  return undefined
}

/** The member that covers an offset: the last that begins at it or before; those without size cover nothing. */
function lastUpTo(type: GoType, offset: number): GoType['members'][number] | undefined {
  const { members } = type
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (members[middle].offset <= offset) low = middle + 1
    else high = middle
  }
  // Several members share an offset only if all but one of them are empty, such as struct{} and [0]T.
  const last = members[low - 1]
  const before = members[low - 2]
  if (last !== undefined && before !== undefined && before.offset === last.offset && isEmptyMarker(last.name))
    return before
  return last
}

/** Fields without a name at the end of a struct are markers of a type. */
function isEmptyMarker(name: string): boolean {
  return name === '_'
}
