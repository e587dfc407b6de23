// Writes a made profile.proto of about SIZE MiB (uncompressed): deep random stacks over many locations,
// two values and a label each. For trying what a machine's memory holds.
//
//   node bench/make-large.mjs 1024 /tmp/large.pb
import { closeSync, openSync, writeSync } from 'node:fs'

const [size = '1024', path = 'large.pb'] = process.argv.slice(2)
const LOCATIONS = 50_000
const fd = openSync(path, 'w')
const buffer = Buffer.alloc(1 << 22)
let at = 0
let written = 0
const flush = () => {
  writeSync(fd, buffer, 0, at)
  written += at
  at = 0
}
const varint = (v) => {
  let rest = v
  while (rest >= 128) {
    buffer[at++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  buffer[at++] = rest
}
const message = (tag, write) => {
  buffer[at++] = tag
  const lengthAt = at
  at += 5
  write()
  const length = at - lengthAt - 5
  // A fixed five bytes for the length: valid, if not the shortest.
  for (let i = 0; i < 5; i++)
    buffer[lengthAt + i] = (Math.floor(length / 128 ** i) % 128) | (i < 4 ? 0x80 : 0)
}
let seed = 1
const random = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return Math.floor((seed / 2 ** 32) * n)
}
const strings = ['', 'samples', 'count', 'cpu', 'nanoseconds', 'worker']
for (const [type, unit] of [
  [1, 2],
  [3, 4],
])
  message(0x0a, () => {
    for (const [tag, v] of [
      [0x08, type],
      [0x10, unit],
    ]) {
      buffer[at++] = tag
      varint(v)
    }
  })
let samples = 0
while (written + at < Number(size) * 2 ** 20) {
  message(0x12, () => {
    message(0x0a, () => {
      const depth = 10 + random(60)
      for (let i = 0; i < depth; i++) varint(1 + random(LOCATIONS))
    })
    message(0x12, () => {
      varint(1)
      varint(10_000_000)
    })
    message(0x1a, () => {
      buffer[at++] = 0x08
      varint(5)
      buffer[at++] = 0x18
      varint(1 + random(64))
    })
  })
  samples++
  if (at > buffer.length - 4096) flush()
}
for (let id = 1; id <= LOCATIONS; id++) {
  message(0x22, () => {
    buffer[at++] = 0x08
    varint(id)
    buffer[at++] = 0x18
    varint(0x400000 + id * 16)
    message(0x22, () => {
      buffer[at++] = 0x08
      varint(1 + (id % 20_000))
      buffer[at++] = 0x10
      varint(id % 999)
    })
  })
  if (at > buffer.length - 4096) flush()
}
for (let id = 1; id <= 20_000; id++) {
  message(0x2a, () => {
    for (const [tag, v] of [
      [0x08, id],
      [0x10, strings.length],
      [0x18, strings.length],
    ]) {
      buffer[at++] = tag
      varint(v)
    }
  })
  strings.push(`example.com/service/pkg${id % 300}.(*Type${id % 77}).method${id}`)
  if (at > buffer.length - 4096) flush()
}
for (const s of strings) {
  buffer[at++] = 0x32
  varint(Buffer.byteLength(s))
  at += buffer.write(s, at)
  if (at > buffer.length - 4096) flush()
}
flush()
closeSync(fd)
console.log(`${path}: ${(written / 2 ** 20).toFixed(0)} MiB, ${samples} samples`)
