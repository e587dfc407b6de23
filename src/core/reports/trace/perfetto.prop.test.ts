import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { choices, randomTrace } from '../../../../test/kit/random-trace.ts'
import { PerfettoTrace } from './perfetto.ts'

/** [type, track, time] of the events of a trace, read with none of the encoder's code. */
function eventsOf(bytes: Uint8Array): [type: number, track: number, time: number][] {
  const out: [number, number, number][] = []
  const varint = (at: number): [value: number, next: number] => {
    let v = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++]
      v += (byte & 127) * scale
      if (byte < 128) return [v, at]
      scale *= 128
    }
  }
  const fields = (from: number, to: number): [field: number, value: number, end: number][] => {
    const list: [number, number, number][] = []
    let at = from
    while (at < to) {
      const [key, next] = varint(at)
      const [value, after] = varint(next)
      const isBytes = key % 8 === 2
      list.push([key >> 3, isBytes ? after : value, isBytes ? after + value : after])
      at = isBytes ? after + value : after
    }
    return list
  }
  for (const [, from, to] of fields(0, bytes.length)) {
    const packet = fields(from, to)
    const event = packet.find(([field]) => field === 11)
    if (event === undefined) continue
    const time = packet.find(([field]) => field === 8)?.[1] ?? -1
    const inner = fields(event[1], event[2])
    const of = (wanted: number): number => inner.find(([field]) => field === wanted)?.[1] ?? -1
    out.push([of(9), of(11), time])
  }
  return out
}

test('whatever happened, slices of a track nest, end, and come in order of time', () => {
  fc.assert(
    fc.property(choices, (list) => {
      const { trace, end } = randomTrace(list)
      const pieces: number[] = []
      const sink = new PerfettoTrace((piece) => pieces.push(...piece))
      trace.feed([sink], 5)
      sink.finish(end)
      const open = new Map<number, number>()
      const last = new Map<number, number>()
      for (const [type, track, time] of eventsOf(Uint8Array.from(pieces))) {
        expect(time).toBeGreaterThanOrEqual(last.get(track) ?? 0)
        last.set(track, time)
        if (type === 1) open.set(track, (open.get(track) ?? 0) + 1)
        if (type !== 2) continue
        open.set(track, (open.get(track) ?? 0) - 1)
        expect(open.get(track)).toBeGreaterThanOrEqual(0)
      }
      expect([...open.values()].every((n) => n === 0)).toBe(true)
    }),
    { numRuns: 100 },
  )
})
