import { DecodeError } from '../base/errors.ts'
import { GrowBytes } from '../base/grow.ts'
import type { Decoded, DecodeOptions, ProfileFormat } from '../formats/format.ts'
import { detectFormat, SNIFF_BYTES } from '../formats/index.ts'
import { ProfileDecoder } from '../formats/pprof/decode.ts'
import { describeHead } from './describe-head.ts'

/** Room for more than this is made when it is needed. */
const MAX_ROOM = 1 << 28

/**
 * Reads a profile of any known format from uncompressed bytes as they arrive. profile.proto is decoded
 * on the way; other formats are collected first, because their decoders want the whole.
 */
export class ProfileLoader {
  private readonly name: string
  private readonly sizeHint: number
  private readonly maxBytes: number
  private readonly options: DecodeOptions
  /** What has arrived of formats that are decoded as a whole. */
  private readonly collected: GrowBytes
  private size = 0
  private format: ProfileFormat | undefined
  private stream: ProfileDecoder | undefined

  /** `name` helps to tell formats apart; `sizeHint` is about how many bytes will come; more than `maxBytes` is refused. */
  constructor(name: string, sizeHint: number, maxBytes: number, options: DecodeOptions = {}) {
    this.name = name
    this.sizeHint = sizeHint
    this.maxBytes = maxBytes
    this.options = options
    // Memory counts when it is filled: room for too much costs nothing.
    this.collected = new GrowBytes(Math.min(Math.max(sizeHint, SNIFF_BYTES), MAX_ROOM))
  }

  /** Takes the next bytes, which are not kept. Throws DecodeError. */
  feed(chunk: Uint8Array): void {
    this.size += chunk.length
    if (this.size > this.maxBytes)
      throw new DecodeError(
        this.format?.id ?? 'profile',
        this.maxBytes,
        `the profile is larger than the limit of ${this.maxBytes} bytes`,
      )
    if (this.stream !== undefined) {
      this.stream.feed(chunk)
      return
    }
    // The first chunk is nearly always enough to tell, and then it need not be copied.
    if (this.collected.length === 0 && chunk.length >= SNIFF_BYTES && this.detect(chunk)) return
    this.collected.append(chunk)
    if (this.format === undefined && this.size >= SNIFF_BYTES) this.detect(this.joined())
  }

  /** Finds the format of the input that begins with `head`; true if it is decoded on the way, which `head` then was. */
  private detect(head: Uint8Array): boolean {
    this.format = detectFormat(head.subarray(0, SNIFF_BYTES), this.name)
    if (this.format === undefined) throw new DecodeError('profile', -1, unrecognized(head))
    if (this.format.id !== 'pprof') return false
    this.stream = new ProfileDecoder(this.sizeHint)
    this.stream.feed(head)
    return true
  }

  private joined(): Uint8Array {
    return this.collected.a.subarray(0, this.collected.length)
  }

  /** Ends the input. Throws DecodeError. */
  async end(): Promise<Decoded & { readonly format: ProfileFormat; readonly size: number }> {
    if (this.size === 0) throw new DecodeError('profile', -1, 'empty input file')
    if (this.format === undefined) this.detect(this.joined())
    const format = this.format!
    if (this.stream !== undefined)
      return { profile: this.stream.end(), problems: [], format, size: this.size }
    const { decode } = await format.load()
    const decoded = decode?.(this.joined(), this.options)
    if (decoded === undefined)
      throw new DecodeError(format.id, 0, `${format.title} can be written but not read`)
    return { ...decoded, format, size: this.size }
  }
}

function unrecognized(head: Uint8Array): string {
  const what = describeHead(head)
  return `unrecognized profile format${what === undefined ? '' : `: this is ${what}`}`
}
