// Writes protobuf messages byte by byte with none of the project's own code: the other half of
// proto-dump.ts. Slow and plain; what belongs to profile.proto is in plain-profile.ts.

/** A number as a varint of its 64 bits, with `padding` bytes more than it needs (0 to fill 10). */
export function varint(value: bigint | number, padding = 0): number[] {
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  do {
    out.push(Number(rest & 127n))
    rest >>= 7n
  } while (rest > 0n)
  for (let i = 0; i < padding && out.length < 10; i++) out.push(0)
  return out.map((byte, i) => (i === out.length - 1 ? byte : byte | 128))
}

/** A field with a number. */
export function numberField(field: number, value: bigint | number, padding = 0): number[] {
  return [...varint(field * 8), ...varint(value, padding)]
}

/** A field with bytes: a text, a message, packed numbers. */
export function bytesField(field: number, content: readonly number[], padding = 0): number[] {
  return [...varint(field * 8 + 2), ...varint(content.length, padding), ...content]
}

export function textField(field: number, text: string): number[] {
  return bytesField(field, [...new TextEncoder().encode(text)])
}
