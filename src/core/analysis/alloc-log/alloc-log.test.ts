import { expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { codec } from '../../formats/log/codec.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import { allocReport, NO_TYPE } from './report.ts'

const stack = (fn: string): string =>
  `goroutine 1 [running]:\nruntime.mallocgc(0x10)\n\truntime/malloc.go:1 +0x1\n${fn}(0x1)\n\tmain.go:7 +0x1\nmain.main()\n\tmain.go:9 +0x1\n\n`
const text =
  `tracealloc(0x10, 0x10, main.leaf)\n${stack('main.grow')}`.repeat(1) +
  `tracealloc(0x20, 0x10, main.leaf)\n${stack('main.grow')}` +
  `tracealloc(0x30, 0x400)\n${stack('main.read')}` +
  `tracefree(0x10, 0x10)\n${stack('runtime.sweep')}`
const bytes = encodeUtf8(text)

test('by type, function, size and stack', () => {
  const reader = new LogReader()
  reader.push(bytes)
  const r = allocReport(reader.end().allocs)
  expect(r).toMatchObject({ allocations: 3, allocatedBytes: 1056, keptObjects: 2, keptBytes: 1040 })
  const grow = { objects: 2, bytes: 32, keptObjects: 1, keptBytes: 16 }
  const other = { objects: 1, bytes: 1024, keptObjects: 1, keptBytes: 1024 }
  expect(r.types).toEqual([
    { name: NO_TYPE, place: '', ...other },
    { name: 'main.leaf', place: '', ...grow },
  ])
  expect(r.functions).toEqual([
    { name: 'main.read', place: 'main.go:7', ...other },
    { name: 'main.grow', place: 'main.go:7', ...grow },
  ])
  expect(r.sizes.map((s) => s.name)).toEqual(['1024', '16'])
  expect(r.stacks[1]!.frames.map((f) => f.name)).toEqual(['runtime.mallocgc', 'main.grow', 'main.main'])
  expect(r.lifetimes.inAllocations.half).toBe(4)
})

test('as a profile', () => {
  const { profile: p, problems } = codec.decode!(bytes)
  expect(problems).toEqual([])
  expect(p.sampleTypes.map((t) => t.type)).toEqual([
    'alloc_objects',
    'alloc_space',
    'inuse_objects',
    'inuse_space',
  ])
  expect(p.samples.value.map((v) => [v.get(0), v.get(1)])).toEqual([
    [2, 1],
    [32, 1024],
    [1, 1],
    [16, 1024],
  ])
  expect(p.functions.count).toBe(4)
  expect(() => codec.decode!(encodeUtf8('nothing\n'))).toThrow(/allocfreetrace/)
})
