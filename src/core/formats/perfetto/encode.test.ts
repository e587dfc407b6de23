import { describe, expect, test } from 'vitest'
import { bytesField, numberField, textField } from '../../../../test/kit/proto-message.ts'
import { PerfettoWriter } from './encode.ts'

function written(make: (w: PerfettoWriter) => void): number[] {
  const out: number[] = []
  const w = new PerfettoWriter((piece) => out.push(...piece))
  make(w)
  w.finish()
  return out
}

/** A packet: the fields, then sequence 1 and the flags. */
const packet = (fields: readonly number[], first = false): number[] =>
  bytesField(1, [
    ...fields,
    ...numberField(10, 1),
    ...numberField(13, first ? 3 : 2),
    ...(first ? numberField(87, 1) : []),
  ])

describe('a Perfetto trace', () => {
  test('names tracks', () => {
    expect(written((w) => w.track(7, 'P 1', { parent: 5, rank: 2, counter: 'bytes' }))).toEqual(
      packet(
        bytesField(60, [
          ...numberField(1, 7),
          ...textField(2, 'P 1'),
          ...numberField(5, 5),
          ...bytesField(8, numberField(3, 3)),
          ...numberField(11, 3),
          ...numberField(12, 2),
        ]),
        true,
      ),
    )
  })

  test('interns names once, and refers to them', () => {
    const begin = (name: number, annotations: number[]): number[] => [
      ...numberField(9, 1),
      ...numberField(11, 4),
      ...numberField(3, 1),
      ...numberField(10, name),
      ...annotations,
    ]
    const text = (kind: number, iid: number, value: string): number[] =>
      bytesField(kind, [...numberField(1, iid), ...textField(2, value)])
    const annotated = bytesField(4, [...numberField(1, 1), ...numberField(17, 1)])
    const out = written((w) => {
      w.begin(5, 4, 'read', 'io', [{ name: 'at', value: 'main.x' }])
      w.begin(6, 4, 'read', 'io', [
        { name: 'at', value: 'main.x' },
        { name: 'n', value: 300 },
      ])
      w.end(9, 4)
    })
    expect(out).toEqual([
      ...packet(
        [
          ...numberField(8, 5),
          ...bytesField(12, [
            ...text(1, 1, 'io'),
            ...text(2, 1, 'read'),
            ...text(3, 1, 'at'),
            ...text(29, 1, 'main.x'),
          ]),
          ...bytesField(11, begin(1, annotated)),
        ],
        true,
      ),
      ...packet([
        ...numberField(8, 6),
        ...bytesField(12, text(3, 2, 'n')),
        ...bytesField(
          11,
          begin(1, [...annotated, ...bytesField(4, [...numberField(1, 2), ...numberField(4, 300)])]),
        ),
      ]),
      ...packet([...numberField(8, 9), ...bytesField(11, [...numberField(9, 2), ...numberField(11, 4)])]),
    ])
  })

  test('holds numbers beyond 32 bits', () => {
    for (const value of [0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, 2 ** 53 - 1])
      expect(written((w) => w.counter(value, 3, value))).toEqual(
        packet(
          [
            ...numberField(8, value),
            ...bytesField(11, [...numberField(9, 4), ...numberField(11, 3), ...numberField(30, value)]),
          ],
          true,
        ),
      )
  })

  test('comes in pieces', () => {
    let pieces = 0
    const w = new PerfettoWriter(() => pieces++)
    for (let k = 0; k < 30_000; k++) w.instant(k, 1, 'x', 'y')
    expect(pieces).toBeGreaterThan(1)
  })
})
