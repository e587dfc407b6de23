import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { footprint } from './footprint.ts'
import { writeWire } from './wire.ts'

const header = (minor: number): number[] => [...encodeUtf8(`go 1.${minor} trace\0\0\0`)]
const trace = (minor: number, ...bytes: number[]): Uint8Array => Uint8Array.of(...header(minor), ...bytes)

function wire(bytes: Uint8Array): { text: string; error: DecodeError | undefined } {
  const pieces: Uint8Array[] = []
  const error = writeWire(bytes, (piece) => pieces.push(piece.slice()))
  return { text: pieces.map(decodeUtf8).join(''), error }
}

const MAX = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]

describe('-d=wire', () => {
  test('framing, arguments, stacks and data', () => {
    const { text, error } = wire(
      trace(
        26,
        ...[1, 1, ...MAX, 7, 3],
        ...[8, 0x80, 1],
        ...[3, 9, 2, 1, 2, 3, 4, 5, 6, 7, 8],
        ...[5, 1, 3, 0x61, 0x22, 0x0a],
        ...[5, 2, 0],
        ...[53],
        ...[52],
      ),
    )
    expect(error).toBeUndefined()
    expect(text).toBe(
      [
        'EventBatch gen=1 m=18446744073709551615 time=7 size=3',
        'Frequency freq=128',
        'Stack id=9 nframes=2',
        '\tpc=1 func=2 file=3 line=4',
        '\tpc=5 func=6 file=7 line=8',
        'String id=1',
        '\tdata="a\\"\\n"',
        'String id=2',
        '',
        'EndOfGeneration',
        '',
      ].join('\n'),
    )
  })

  test('data of any bytes, also long ones', () => {
    const parts = ['plain ', 'é', '\u{1f600}', '\x7f', '\\'].map(encodeUtf8)
    const bad = Uint8Array.of(0xc3, 0xff)
    const data = Array.from({ length: 60 }, () => [...parts.flatMap((p) => [...p]), ...bad]).flat()
    const size = [(data.length & 0x7f) | 0x80, data.length >> 7]
    const { text } = wire(trace(22, 5, 1, ...size, ...data))
    const once = 'plain é\u{1f600}\\x7f\\\\\\xc3\\xff'
    expect(text).toBe(`String id=1\n\tdata="${once.repeat(60)}"\n`)
  })

  test('a stack of many frames', () => {
    const frames = Array.from({ length: 100 }, () => [1, 2, 3, 4]).flat()
    const many = Array.from({ length: 50 }, () => [3, 1, 100, ...frames]).flat()
    const once = `Stack id=1 nframes=100${'\n\tpc=1 func=2 file=3 line=4'.repeat(100)}\n`
    expect(wire(trace(22, ...many)).text).toBe(once.repeat(50))
  })

  test('an event that the version lacks is an error, after all before it', () => {
    const { text, error } = wire(trace(22, 11, 5, 45))
    expect(text).toBe('ProcStop dt=5\n')
    expect(error).toBeInstanceOf(DecodeError)
  })

  test('the end within an event is an end; within a number it is an error', () => {
    expect(wire(trace(22, 11, 5, 16, 1))).toEqual({ text: 'ProcStop dt=5\n', error: undefined })
    expect(wire(trace(22, 11, 5, 16, 0x81)).error).toBeInstanceOf(DecodeError)
  })

  test('v1 traces have no such events', () => {
    expect(wire(trace(21)).error).toBeUndefined()
    expect(wire(trace(21, 0x41, 1, 1)).error).toBeInstanceOf(DecodeError)
    expect(() => wire(encodeUtf8('something else'))).toThrow(DecodeError)
  })

  test('cut off anywhere it never does worse', () => {
    const whole = trace(26, 1, 1, ...MAX, 7, 3, 3, 9, 2, 1, 2, 3, 4, 5, 6, 7, 8, 5, 1, 3, 0x61, 0x22, 0x0a)
    for (let n = 16; n < whole.length; n++)
      expect(wire(whole).text.startsWith(wire(whole.subarray(0, n)).text)).toBe(true)
  })
})

describe('-d=footprint', () => {
  test('rows by size, shares of the file and of the events', () => {
    const table = footprint(
      trace(25, ...[16, 1, 2, 3], ...[16, 1, 2, 3], ...[11, 0x81, 0], ...[5, 1, 2, 65, 66]),
    )
    const lines = (table as string).split('\n')
    expect(lines.slice(0, 6)).toEqual([
      'Event                Bytes  %       Count  %',
      '-                    -      -       -      -',
      'GoStart              8      25.00%  2      50.00%',
      'String               5      15.62%  1      25.00%',
      'ProcStop             2      6.25%   1      25.00%',
      '                     0      0.00%   0      0.00%',
    ])
    expect(lines).toHaveLength(2 + 256 + 1)
    expect(table).toContain('\n<unknown (52)>       0      0.00%   0      0.00%\n')
  })

  test('no events: shares are no numbers', () => {
    expect(footprint(trace(21))).toContain('<unknown (0)>    0      0.00%  0      NaN%\n')
  })

  test('nothing is summed up of what cannot be read', () => {
    expect(footprint(trace(22, 11, 5, 45))).toBeInstanceOf(DecodeError)
  })
})
