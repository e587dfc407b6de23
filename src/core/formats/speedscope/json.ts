import { DecodeError } from '../../base/errors.ts'
import { byteLength } from '../../base/utf8.ts'
import { bomLength, utf8Input } from '../folded/text-input.ts'

export const FORMAT = 'speedscope'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/**
 * Parses a file that is one JSON value. Throws DecodeError with the byte offset where JSON.parse
 * names one (V8 and SpiderMonkey do for most errors).
 */
export function parseJson(input: Uint8Array): Json {
  const bytes = utf8Input(FORMAT, input)
  const begin = bomLength(bytes)
  const text = decodeText(begin === 0 ? bytes : bytes.subarray(begin))
  try {
    return JSON.parse(text) as Json
  } catch (e) {
    const message = e instanceof Error ? e.message : ''
    let offset = -1
    const position = /at position (\d+)/.exec(message)
    // Positions count UTF-16 units.
    if (position !== null) offset = begin + byteLength(text.slice(0, Number(position[1])))
    else if (/end of (?:JSON )?(?:input|data)/.test(message)) offset = bytes.length
    throw new DecodeError(FORMAT, offset, `the file is not valid JSON: ${reason(message)}`)
  }
}

/** JSON.parse's message without its quotation of the input, which is of any length and content. */
function reason(message: string): string {
  const token = /^(Unexpected token .{1,4}), "/su.exec(message)
  return token !== null ? token[1] : message.replace(/ in JSON at position.*$/s, '').slice(0, 80)
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  } catch {
    // The only failure of a decoder that is not `fatal`: 2^29 - 24 characters in V8.
    throw new DecodeError(FORMAT, 0, 'the file is larger than the longest text that can be held (512 MB)')
  }
}

export function fail(message: string): never {
  throw new DecodeError(FORMAT, -1, message)
}

export function objectAt(v: Json | undefined, where: string): JsonObject {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) fail(`${where} is ${kind(v)}, not an object`)
  return v as JsonObject
}

export function arrayAt(v: Json | undefined, where: string): readonly Json[] {
  if (!Array.isArray(v)) fail(`${where} is ${kind(v)}, not a list`)
  return v as readonly Json[]
}

export function numberAt(v: Json | undefined, where: string): number {
  // JSON.parse makes 1e999 Infinity.
  if (typeof v !== 'number' || !Number.isFinite(v)) fail(`${where} is ${kind(v)}, not a number`)
  return v
}

/** For people: what a value is. */
export function kind(v: Json | undefined): string {
  if (v === undefined) return 'missing'
  if (v === null) return 'null'
  if (Array.isArray(v)) return 'a list'
  if (typeof v === 'number' && !Number.isFinite(v)) return 'out of range'
  return typeof v === 'object' ? 'an object' : typeof v === 'string' ? 'a text' : `a ${typeof v}`
}
