import { displayable } from '../../base/utf8.ts'

/** A JSON value. Integers may be of any size; a map is an object with any keys; a list may be made while it is written. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | JsonList
  | ReadonlyMap<string, Json>
  | { readonly [key: string]: Json }

/** A list that is too long to be made before it is written. */
export class JsonList {
  readonly items: Iterable<Json>

  constructor(items: Iterable<Json>) {
    this.items = items
  }
}

/** Characters that are gathered before they are handed on. */
const CHUNK = 1 << 16

/**
 * An object as text, piece by piece. Its members are made one by one, and those that are a JsonList item by
 * item. Integers are written with all their digits; bytes that are not UTF-8 become U+FFFD.
 */
export function* jsonText(document: { readonly [key: string]: Json }): Generator<string> {
  let out = ''
  let separator = '{'
  for (const [key, value] of Object.entries(document)) {
    out += `${separator}${JSON.stringify(key)}:`
    separator = ',\n'
    if (value instanceof JsonList) {
      let comma = '['
      for (const item of value.items) {
        out += comma + textOf(item)
        comma = ',\n'
        if (out.length < CHUNK) continue
        yield out
        out = ''
      }
      out += comma === '[' ? '[]' : ']'
    } else out += textOf(value)
    if (out.length < CHUNK) continue
    yield out
    out = ''
  }
  yield separator === '{' ? '{}' : `${out}}`
}

/** Recursion is as deep as the document, whose shape is the program's own. */
function textOf(value: Json): string {
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null'
  if (typeof value === 'string') return JSON.stringify(displayable(value))
  if (value === null || typeof value !== 'object') return `${value}`
  let out = ''
  if (Array.isArray(value)) {
    for (const item of value) out += `,${textOf(item)}`
    return `[${out.slice(1)}]`
  }
  if (value instanceof JsonList) return textOf([...value.items])
  const entries: Iterable<[string, Json]> = value instanceof Map ? value : Object.entries(value)
  for (const [key, item] of entries) out += `,${JSON.stringify(displayable(key))}:${textOf(item)}`
  return `{${out.slice(1)}}`
}
