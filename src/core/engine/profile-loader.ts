import { DecodeError } from '../base/errors.ts'
import type { Decoded, DecodeOptions, ProfileFormat } from '../formats/format.ts'
import { detectFormat, SNIFF_BYTES } from '../formats/index.ts'
import { ProfileDecoder } from '../formats/pprof/decode.ts'
import { describeHead } from './describe-head.ts'

/**
 * Reads a profile of any known format from uncompressed bytes as they arrive. profile.proto is decoded
 * on the way; other formats are collected first, because their decoders want the whole.
 */
export class ProfileLoader {
  private readonly name: string
  private readonly sizeHint: number
  private readonly maxBytes: number
  private readonly options: DecodeOptions
  private chunks: Uint8Array[] = []
  private size = 0
  private format: ProfileFormat | undefined
  private stream: ProfileDecoder | undefined

  /** `name` helps to tell formats apart; `sizeHint` is about how many bytes will come; more than `maxBytes` is refused. */
  constructor(name: string, sizeHint: number, maxBytes: number, options: DecodeOptions = {}) {
    this.name = name
    this.sizeHint = sizeHint
    this.maxBytes = maxBytes
    this.options = options
  }

  /** Takes the next bytes, which must not change afterwards. Throws DecodeError. */
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
    this.chunks.push(chunk)
    if (this.format === undefined && this.size >= SNIFF_BYTES) this.detect()
  }

  private detect(): void {
    const head = this.joined()
    this.format = detectFormat(head.subarray(0, SNIFF_BYTES), this.name)
    this.chunks = [head]
    if (this.format === undefined) throw new DecodeError('profile', 0, unrecognized(head))
    if (this.format.id !== 'pprof') return
    this.stream = new ProfileDecoder(this.sizeHint)
    this.chunks = []
    this.stream.feed(head)
  }

  private joined(): Uint8Array {
    if (this.chunks.length === 1) return this.chunks[0]
    const all = new Uint8Array(this.size)
    let at = 0
    for (const c of this.chunks) {
      all.set(c, at)
      at += c.length
    }
    return all
  }

  /** Ends the input. Throws DecodeError. */
  end(): Decoded & { readonly format: ProfileFormat; readonly size: number } {
    if (this.size === 0) throw new DecodeError('profile', 0, 'empty input file')
    if (this.format === undefined) this.detect()
    const format = this.format!
    if (this.stream !== undefined)
      return { profile: this.stream.end(), problems: [], format, size: this.size }
    const decoded = format.decode?.(this.joined(), this.options)
    if (decoded === undefined)
      throw new DecodeError(format.id, 0, `${format.title} can be written but not read`)
    return { ...decoded, format, size: this.size }
  }
}

function unrecognized(head: Uint8Array): string {
  const what = describeHead(head)
  return `unrecognized profile format${what === undefined ? '' : `: this is ${what}`}`
}
