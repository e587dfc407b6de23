import { describe, expect, test } from 'vitest'
import { traceBytes, varint } from '../../../../../test/kit/trace-text.ts'
import { decodeUtf8 } from '../../../base/utf8.ts'
import { FRAME_ARGS, type RawEvent, walkRaw } from './raw.ts'

/** All events as text, like `-d=wire` without its header, and how the walk ended. */
function walk(bytes: Uint8Array): {
  lines: string[]
  error: string | undefined
  sizes: number
  events: number
} {
  const lines: string[] = []
  let sizes = 0
  let events = 0
  const end = walkRaw(bytes, {
    event(e: RawEvent) {
      const names = e.spec?.args ?? []
      lines.push([e.spec?.name ?? '', ...names.map((name, i) => `${name}=${e.exact(i)}`)].join(' '))
      for (let i = names.length; i < e.count; i += FRAME_ARGS)
        lines.push(`pc=${e.exact(i)} func=${e.exact(i + 1)} file=${e.exact(i + 2)} line=${e.exact(i + 3)}`)
      if (e.dataEnd > e.dataStart)
        lines.push(`data=${JSON.stringify(decodeUtf8(bytes.subarray(e.dataStart, e.dataEnd)))}`)
      sizes += e.size
      events++
    },
  })
  return { lines, error: end.error?.message, sizes, events }
}

const everything = [
  'EventBatch gen=1 m=18446744073709551615 time=5 size=4',
  'Strings',
  'String id=1',
  'data="main.main"',
  'EventBatch gen=1 m=18446744073709551615 time=5 size=4',
  'Stacks',
  'Stack id=1 nframes=2',
  'pc=18446744073709551614 func=1 file=1 line=7',
  'pc=9007199254740993 func=1 file=1 line=8',
  'ExperimentalBatch exp=1 gen=1 m=3 time=9',
  'data="\\u0001\\u0002"',
  'UserLog dt=300 task=9007199254740993 key_string=1 value_string=2 stack=1',
  'EndOfGeneration',
]

describe('walkRaw', () => {
  const bytes = traceBytes(['Trace Go1.26', ...everything].join('\n'))

  test('gives back what was written, 64-bit values exact', () => {
    expect(walk(bytes)).toEqual({ lines: everything, error: undefined, sizes: bytes.length - 16, events: 9 })
  })

  test('an event cut between two numbers is left out, one cut within a number is an error', () => {
    for (let n = 16; n < bytes.length; n++) {
      const { lines, error } = walk(bytes.subarray(0, n))
      expect(everything.slice(0, lines.length)).toEqual(lines)
      // Only a byte with its high bit set leaves a number open; bytes of data do not have it here.
      expect(error !== undefined).toBe(n > 16 && bytes[n - 1] >= 0x80)
    }
  })

  test('each version has its own table', () => {
    const last = (minor: number, event: string) => walk(traceBytes(`Trace Go1.${minor}\n${event}`)).error
    expect(last(22, 'GoSwitch')).toMatch(/no event of type 45/)
    expect(last(23, 'GoSwitch')).toBeUndefined()
    expect(last(23, 'Sync')).toMatch(/no event of type 50/)
    expect(last(25, 'Sync')).toBeUndefined()
    expect(last(25, 'SpanFree')).toMatch(/no event of type 130/)
    expect(last(26, 'SpanFree')).toBeUndefined()
    expect(last(26, 'raw 0')).toMatch(/type 0/)
    expect(last(21, 'raw 1')).toMatch(/no event of type 1/)
  })

  test('unused numbers are events of one byte', () => {
    expect(walk(traceBytes('Trace Go1.26\nraw 53 127\nSync')).lines).toEqual(['', '', 'Sync'])
  })

  test('sizes are those of the shortest form', () => {
    const long = traceBytes(`Trace Go1.22\nraw 8 0x80 0x80 0\nraw 8 0x81 0\nraw 8 ${varint(300).join(' ')}`)
    expect(walk(long)).toMatchObject({
      lines: ['Frequency freq=0', 'Frequency freq=1', 'Frequency freq=300'],
      sizes: 7,
    })
  })

  test('counts that no file can hold end the walk without an error', () => {
    expect(walk(traceBytes(`Trace Go1.22\nraw 3 1 ${varint(1n << 60n).join(' ')} 1 1 1 1`))).toMatchObject({
      lines: [],
      error: undefined,
    })
    // Beyond int64 the reference takes them as negative: no frames.
    expect(walk(traceBytes(`Trace Go1.22\nraw 3 1 ${varint(-1n).join(' ')}`)).lines).toEqual([
      'Stack id=1 nframes=18446744073709551615',
    ])
  })

  test('a number of more than 64 bits is an error', () => {
    expect(walk(traceBytes(`Trace Go1.22\nraw 8 ${'0xff '.repeat(9)}2`)).error).toMatch(/64 bits/)
  })
})
