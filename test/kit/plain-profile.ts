// Profiles as plain objects, for property tests: random ones, what they look like on the wire, in the
// model, and as text. The way to the wire and to the text goes past the project's own code.
import fc from 'fast-check'
import type { Int } from '../../src/core/base/int64.ts'
import type { Profile } from '../../src/core/model/profile.ts'
import { type Label, ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { bytesField, numberField, textField, varint } from './proto-message.ts'

export type PlainLabel =
  | { readonly key: string; readonly text: string }
  | { readonly key: string; readonly num: bigint; readonly unit: string }

/** `mapping`, `fn` and `stack` are indexes of the lists, -1 for none. */
export interface PlainProfile {
  readonly sampleTypes: readonly (readonly [type: string, unit: string])[]
  readonly defaultSampleType: string
  readonly dropFrames: string
  readonly keepFrames: string
  readonly docUrl: string
  readonly comments: readonly string[]
  readonly timeNanos: bigint
  readonly durationNanos: bigint
  readonly period: bigint
  readonly periodType: readonly [type: string, unit: string]
  readonly mappings: readonly {
    readonly id: bigint
    readonly start: bigint
    readonly limit: bigint
    readonly offset: bigint
    readonly file: string
    readonly buildId: string
    /** MAPPING_HAS bits. */
    readonly has: number
  }[]
  readonly functions: readonly {
    readonly id: bigint
    readonly name: string
    readonly systemName: string
    readonly filename: string
    readonly startLine: bigint
  }[]
  readonly locations: readonly {
    readonly id: bigint
    readonly mapping: number
    readonly address: bigint
    readonly lines: readonly { readonly fn: number; readonly line: bigint; readonly column: bigint }[]
    readonly folded: boolean
  }[]
  readonly samples: readonly {
    /** Leaf first. */
    readonly stack: readonly number[]
    readonly values: readonly bigint[]
    readonly labels: readonly PlainLabel[]
  }[]
}

const TOP_INT64 = (1n << 63n) - 1n
const TOP_UINT64 = (1n << 64n) - 1n

/** int64, often where something changes: 0, around 2^31, 2^32, 2^53, and the ends. */
export const int64: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -200n, max: 200n }),
  fc
    .tuple(
      fc.constantFrom(0n, 1n << 14n, 1n << 31n, 1n << 32n, 1n << 53n, 1n << 62n),
      fc.bigInt(-3n, 3n),
      fc.boolean(),
    )
    .map(([v, d, negative]) => (negative ? -(v + d) : v + d)),
  fc.constantFrom(TOP_INT64, -TOP_INT64, -TOP_INT64 - 1n),
  fc.bigInt({ min: -TOP_INT64 - 1n, max: TOP_INT64 }),
)

export const uint64: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  int64.map((v) => BigInt.asUintN(64, v)),
  fc.constantFrom(TOP_UINT64, TOP_UINT64 - 1n, 0xf0000000n, 0xf0000001n, 0xffffffffn),
)

const text = fc.oneof(
  fc.constantFrom('', 'main.main', 'a.b', 'runtime.(*x).y', 'z'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)

const label: fc.Arbitrary<PlainLabel> = fc.oneof(
  fc.record({ key: text, text: text.filter((t) => t !== '') }),
  // Without number and unit there is no label on the wire.
  fc.record({ key: text, num: int64, unit: text }).filter((l) => l.num !== 0n || l.unit !== ''),
)

/** Ids are dense (as Go writes them), or of any size and in any order. */
function ids(n: number): fc.Arbitrary<bigint[]> {
  const dense = fc.constant(Array.from({ length: n }, (_, i) => BigInt(i + 1)))
  const any = fc.uniqueArray(
    uint64.filter((id) => id !== 0n),
    { minLength: n, maxLength: n },
  )
  return fc.oneof(dense, any)
}

const upTo = (max: number): fc.Arbitrary<number[]> => fc.array(fc.constant(0), { maxLength: max })

/** A valid profile with at least one sample type. */
export const plainProfile: fc.Arbitrary<PlainProfile> = fc
  .record({
    mappings: upTo(3),
    functions: upTo(5),
    locations: upTo(7),
    types: fc.integer({ min: 1, max: 3 }),
  })
  .chain((size) => {
    const m = size.mappings.length
    const f = size.functions.length
    const l = size.locations.length
    const line = fc.record({ fn: fc.nat({ max: Math.max(0, f - 1) }), line: int64, column: int64 })
    const withIds = <T>(n: number, row: fc.Arbitrary<T>): fc.Arbitrary<(T & { id: bigint })[]> =>
      fc
        .tuple(ids(n), fc.array(row, { minLength: n, maxLength: n }))
        .map(([id, rows]) => rows.map((r, i) => ({ ...r, id: id[i]! })))
    const kind = fc.tuple(text, text)
    return fc.record({
      sampleTypes: fc.array(kind, { minLength: size.types, maxLength: size.types }),
      defaultSampleType: text,
      dropFrames: text,
      keepFrames: text,
      docUrl: text,
      comments: fc.array(text, { maxLength: 2 }),
      timeNanos: int64,
      durationNanos: int64,
      period: int64,
      periodType: kind,
      mappings: withIds(
        m,
        fc.record({
          start: uint64,
          limit: uint64,
          offset: uint64,
          file: text,
          buildId: text,
          has: fc.nat({ max: 15 }),
        }),
      ),
      functions: withIds(f, fc.record({ name: text, systemName: text, filename: text, startLine: int64 })),
      locations: withIds(
        l,
        fc.record({
          mapping: fc.integer({ min: -1, max: m - 1 }),
          address: uint64,
          lines: fc.array(line, { maxLength: f === 0 ? 0 : 3 }),
          folded: fc.boolean(),
        }),
      ),
      samples: fc.array(
        fc.record({
          stack: fc.array(fc.nat({ max: Math.max(0, l - 1) }), { maxLength: l === 0 ? 0 : 6 }),
          values: fc.array(int64, { minLength: size.types, maxLength: size.types }),
          labels: fc.array(label, { maxLength: 3 }),
        }),
        { maxLength: 6 },
      ),
    })
  })

const toInt = (v: bigint): Int => (Number.isSafeInteger(Number(v)) ? Number(v) : v)

/** The profile in the model. Ids are those that the builder gives: rows. */
export function buildPlain(p: PlainProfile): Profile {
  const b = new ProfileBuilder()
  const pair = ([type, unit]: readonly [string, string]) => ({ type, unit })
  b.sampleTypes = p.sampleTypes.map(pair)
  b.defaultSampleType = p.defaultSampleType
  b.dropFrames = p.dropFrames
  b.keepFrames = p.keepFrames
  b.docUrl = p.docUrl
  b.comments = [...p.comments]
  b.timeNanos = toInt(p.timeNanos)
  b.durationNanos = toInt(p.durationNanos)
  b.period = toInt(p.period)
  b.periodType = pair(p.periodType)
  for (const m of p.mappings)
    b.addMapping({ ...m, start: toInt(m.start), limit: toInt(m.limit), offset: toInt(m.offset) })
  for (const f of p.functions) b.addFunction(f.name, { ...f, startLine: toInt(f.startLine) })
  for (const l of p.locations)
    b.addLocation({
      mapping: l.mapping + 1,
      address: toInt(l.address),
      lines: l.lines.map((line) => ({
        fn: line.fn + 1,
        line: toInt(line.line),
        column: toInt(line.column),
      })),
      folded: l.folded,
    })
  const label = (l: PlainLabel): Label => ('text' in l ? l : { key: l.key, num: toInt(l.num), unit: l.unit })
  for (const s of p.samples)
    b.addSample(
      s.stack.map((i) => i + 1),
      s.values.map(toInt),
      s.labels.map(label),
    )
  return b.done()
}

/** How a message is written where writers are free; decisions are drawn from the seed. */
export interface WireStyle {
  readonly seed: number
  /** Numbers take more bytes than they need, unknown fields are strewn in, tables come in any order. */
  readonly unusual: boolean
  readonly packed: boolean
}

export const wireStyle: fc.Arbitrary<WireStyle> = fc.record({
  seed: fc.nat(),
  unusual: fc.boolean(),
  packed: fc.boolean(),
})

/** The profile as profile.proto. */
export function writePlain(p: PlainProfile, style: WireStyle): Uint8Array {
  let state = style.seed >>> 0
  /** A number below n. */
  const draw = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const padding = (): number => (style.unusual ? draw(4) : 0)
  const strings = ['']
  const index = (s: string): number => {
    const known = strings.indexOf(s)
    return known >= 0 ? known : strings.push(s) - 1
  }
  const num = (field: number, v: bigint | number): number[] =>
    BigInt(v) === 0n && !style.unusual ? [] : numberField(field, v, padding())
  const str = (field: number, s: string): number[] => num(field, index(s))
  const many = (field: number, values: readonly bigint[]): number[] => {
    if (values.length === 0) return []
    if (style.packed)
      return bytesField(
        field,
        values.flatMap((v) => varint(v, padding())),
        padding(),
      )
    return values.flatMap((v) => numberField(field, v, padding()))
  }
  const unknown = (): number[][] =>
    style.unusual
      ? [
          numberField(100 + draw(100), draw(9)),
          bytesField(16, [1, 2, 3]),
          [...varint(17 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8],
          [...varint(18 * 8 + 5), 1, 2, 3, 4],
        ]
      : []
  /** Parts in one message: within a list the order stays, between lists it may be any. */
  const mix = (lists: readonly (readonly number[][])[]): number[] => {
    if (!style.unusual) return lists.flat(2)
    const rest = lists.map((list) => [...list]).filter((list) => list.length > 0)
    const out: number[] = []
    while (rest.length > 0) {
      const k = draw(rest.length)
      for (const byte of rest[k]!.shift()!) out.push(byte)
      if (rest[k]!.length === 0) rest.splice(k, 1)
    }
    return out
  }
  const message = (field: number, ...parts: readonly (readonly number[])[]): number[] =>
    bytesField(field, mix([...parts.map((part) => [[...part]]), unknown()]), padding())
  const kind = (field: number, [type, unit]: readonly [string, string]): number[] =>
    message(field, str(1, type), str(2, unit))

  const types = p.sampleTypes.map((t) => kind(1, t))
  const samples = p.samples.map((s) => {
    const labels = s.labels.map((l) =>
      'text' in l
        ? message(3, str(1, l.key), str(2, l.text))
        : message(3, str(1, l.key), num(3, l.num), str(4, l.unit)),
    )
    const stack = many(
      1,
      s.stack.map((i) => p.locations[i]!.id),
    )
    return bytesField(2, mix([[stack], [many(2, s.values)], labels, unknown()]), padding())
  })
  const mappings = p.mappings.map((m) =>
    message(
      3,
      num(1, m.id),
      num(2, m.start),
      num(3, m.limit),
      num(4, m.offset),
      str(5, m.file),
      str(6, m.buildId),
      ...[0, 1, 2, 3].map((bit) => num(7 + bit, (m.has >> bit) & 1)),
    ),
  )
  const locations = p.locations.map((l) => {
    const lines = l.lines.map((line) =>
      message(4, num(1, p.functions[line.fn]!.id), num(2, line.line), num(3, line.column)),
    )
    const mapping = num(2, l.mapping < 0 ? 0 : p.mappings[l.mapping]!.id)
    return bytesField(
      4,
      mix([[num(1, l.id)], [mapping], [num(3, l.address)], lines, [num(5, l.folded ? 1 : 0)], unknown()]),
      padding(),
    )
  })
  const functions = p.functions.map((f) =>
    message(5, num(1, f.id), str(2, f.name), str(3, f.systemName), str(4, f.filename), num(5, f.startLine)),
  )
  const rest = [
    str(7, p.dropFrames),
    str(8, p.keepFrames),
    num(9, p.timeNanos),
    num(10, p.durationNanos),
    // One without a name is as good as none.
    p.periodType.join('') === '' && !style.unusual ? [] : kind(11, p.periodType),
    num(12, p.period),
    str(14, p.defaultSampleType),
    str(15, p.docUrl),
  ].map((part) => [part])
  const comments = [
    many(
      13,
      p.comments.map((c) => BigInt(index(c))),
    ),
  ]
  const table = strings.map((s) => textField(6, s))
  return Uint8Array.from(
    mix([types, samples, mappings, locations, functions, table, comments, ...rest, unknown()]),
  )
}
