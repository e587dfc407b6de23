// v1 traces for tests, written event by event.

import { encodeUtf8 } from '../../../base/utf8.ts'
import { HAS_STACK, OWN_ARGUMENTS, V1 } from './event-types.ts'

type TypeName = keyof typeof V1

function varint(value: number | bigint): number[] {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  out.push(Number(rest))
  return out
}

/** Writes a v1 trace; `bytes` gives what was written so far. */
export class HandmadeV1 {
  private readonly out: number[] = []

  constructor(minor = 21) {
    this.raw(...encodeUtf8(`go 1.${minor} trace\0\0\0`))
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.out)
  }

  raw(...bytes: number[]): this {
    for (const b of bytes) this.out.push(b)
    return this
  }

  /** An event with exactly these arguments. */
  event(type: TypeName, ...args: (number | bigint)[]): this {
    const body = args.flatMap(varint)
    if (args.length >= 1 && args.length <= 3) this.raw(V1[type] | ((args.length - 1) << 6), ...body)
    else this.raw(V1[type] | 0xc0, ...varint(body.length), ...body)
    return this
  }

  /** An event `dt` ticks after the one before it; arguments that are left out are 0. */
  at(dt: number, type: TypeName, ...args: (number | bigint)[]): this {
    const count = OWN_ARGUMENTS[V1[type]] + HAS_STACK[V1[type]]
    while (args.length < count) args.push(0)
    return this.event(type, dt, ...args)
  }

  batch(p: number, ticks: number | bigint): this {
    return this.event('Batch', p, ticks)
  }

  frequency(ticksPerSecond: number): this {
    return this.event('Frequency', ticksPerSecond)
  }

  text(s: string): this {
    const bytes = encodeUtf8(s)
    return this.raw(...varint(bytes.length), ...bytes)
  }

  string(id: number, s: string): this {
    return this.raw(V1.String, ...varint(id)).text(s)
  }

  /** Frames are [pc, string id of the function, string id of the file, line]. */
  stack(id: number, ...frames: [pc: number, fn: number, file: number, line: number][]): this {
    return this.event('Stack', id, frames.length, ...frames.flat())
  }
}
