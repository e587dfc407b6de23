// Reads a profile.proto message with none of the project's own code, so that a mistake in
// src/core/formats/pprof cannot hide by being made twice. Slow, exact, and about form only:
// every number is a bigint, nothing is interpreted.
import { gunzipSync } from 'node:zlib'

type Field = { readonly number: number; readonly value: bigint; readonly bytes: Uint8Array | undefined }

/**
 * The content of a profile.proto file as text: one line per record, strings resolved, ids kept.
 * Order of fields, of the string table and the compression leave no trace in it, as writers
 * may choose them. Throws where the bytes are no protobuf message.
 */
export function dumpProfile(file: Uint8Array): string {
  const compressed = file[0] === 0x1f && file[1] === 0x8b
  const strings: string[] = []
  const message = fieldsOf(compressed ? gunzipSync(file) : file)
  for (const field of message) if (field.number === 6) strings.push(new TextDecoder().decode(field.bytes))

  const text = (index: bigint) => JSON.stringify(strings[Number(index)] ?? `<no string ${index}>`)
  const one = (fields: Field[], number: number) => fields.findLast((f) => f.number === number)?.value ?? 0n
  const flags = (fields: Field[], ...numbers: number[]) => numbers.map((n) => one(fields, n)).join('')
  const pair = (fields: Field[]) => `${text(one(fields, 1))} in ${text(one(fields, 2))}`
  const all = (number: number) => message.filter((f) => f.number === number).map((f) => fieldsOf(f.bytes!))

  const labelText = (label: Field[]) => {
    const string = one(label, 2)
    const value = string ? text(string) : `${signed(one(label, 3))} ${text(one(label, 4))}`
    return `${text(one(label, 1))}: ${value}`
  }
  const lineText = (line: Field[]) =>
    `function ${one(line, 1)} line ${signed(one(line, 2))} column ${signed(one(line, 3))}`

  const lines = [`compressed: ${compressed}`]
  for (const type of all(1)) lines.push(`sample type ${pair(type)}`)
  lines.push(`default sample type ${text(one(message, 14))}`)
  const periodType = message.findLast((f) => f.number === 11)
  lines.push(
    `period ${signed(one(message, 12))} of ${periodType ? pair(fieldsOf(periodType.bytes!)) : 'nothing'}`,
  )
  lines.push(`time ${signed(one(message, 9))} duration ${signed(one(message, 10))}`)
  lines.push(`drop ${text(one(message, 7))} keep ${text(one(message, 8))} doc ${text(one(message, 15))}`)
  for (const comment of integers(message, 13)) lines.push(`comment ${text(comment)}`)
  for (const m of all(3)) {
    const range = `${hex(one(m, 2))}-${hex(one(m, 3))} offset ${hex(one(m, 4))}`
    lines.push(
      `mapping ${one(m, 1)} ${range} file ${text(one(m, 5))} build ${text(one(m, 6))} has ${flags(m, 7, 8, 9, 10)}`,
    )
  }
  for (const f of all(5)) {
    const names = `${text(one(f, 2))} system ${text(one(f, 3))} file ${text(one(f, 4))}`
    lines.push(`function ${one(f, 1)} ${names} starts ${signed(one(f, 5))}`)
  }
  for (const l of all(4)) {
    const inlined = l.filter((f) => f.number === 4).map((f) => lineText(fieldsOf(f.bytes!)))
    const place = `mapping ${one(l, 2)} address ${hex(one(l, 3))} folded ${one(l, 5)}`
    lines.push([`location ${one(l, 1)} ${place}`, ...inlined].join('; '))
  }
  for (const s of all(2)) {
    const labels = s.filter((f) => f.number === 3).map((f) => labelText(fieldsOf(f.bytes!)))
    const values = integers(s, 2).map(signed).join(' ')
    lines.push([`sample ${values} at ${integers(s, 1).join(' ')}`, ...labels.sort()].join('; '))
  }
  return `${lines.join('\n')}\n`
}

const signed = (value: bigint) => BigInt.asIntN(64, value)
const hex = (value: bigint) => `0x${value.toString(16)}`

/** A repeated number, packed or not. */
function integers(fields: Field[], number: number): bigint[] {
  const out: bigint[] = []
  for (const field of fields) {
    if (field.number !== number) continue
    if (field.bytes === undefined) out.push(field.value)
    else
      for (let at = 0; at < field.bytes.length; )
        out.push(
          varint(field.bytes, at, (next) => {
            at = next
          }),
        )
  }
  return out
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = []
  let at = 0
  const advance = (next: number) => {
    at = next
  }
  while (at < bytes.length) {
    const tag = varint(bytes, at, advance)
    const number = Number(tag >> 3n)
    const wire = Number(tag & 7n)
    if (wire === 0) fields.push({ number, value: varint(bytes, at, advance), bytes: undefined })
    else if (wire === 2) {
      const length = Number(varint(bytes, at, advance))
      if (at + length > bytes.length) throw new Error(`field ${number} ends after the message`)
      fields.push({ number, value: 0n, bytes: bytes.subarray(at, at + length) })
      at += length
    } else throw new Error(`field ${number} has wire type ${wire}, which profile.proto does not use`)
  }
  return fields
}

function varint(bytes: Uint8Array, start: number, advance: (next: number) => void): bigint {
  let value = 0n
  for (let at = start, shift = 0n; ; at++, shift += 7n) {
    const byte = bytes[at]
    if (byte === undefined || shift > 63n) throw new Error(`bad varint at ${start}`)
    value |= BigInt(byte & 127) << shift
    if (byte < 128) {
      advance(at + 1)
      return BigInt.asUintN(64, value)
    }
  }
}
