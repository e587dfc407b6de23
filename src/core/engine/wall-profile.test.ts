import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../base/utf8.ts'
import { GoroutineDecoder } from '../formats/goroutines/decode.ts'
import { GoroutineBuilder } from '../model/goroutine-builder.ts'
import type { Goroutines } from '../model/goroutines.ts'
import type { Profile } from '../model/profile.ts'
import { activityOf, nextInterval, WallProfile } from './wall-profile.ts'

function dump(text: string): Goroutines {
  const builder = new GoroutineBuilder()
  const decoder = new GoroutineDecoder(builder, 0)
  decoder.feed(encodeUtf8(text))
  decoder.end()
  return builder.done()
}

const goroutine = (id: number, state: string, ...functions: readonly string[]): string =>
  `goroutine ${id} [${state}]:\n${functions.map((f, k) => `${f}(0x${id}, 0x1)\n\t/src/a.go:${10 + k} +0x1d\n`).join('')}\n`

const OWN = goroutine(99, 'running', 'runtime/pprof.writeGoroutineStacks', 'net/http.(*conn).serve')

/** Stack, leaf first; labels; values. */
function rows(p: Profile): string[] {
  const { samples, locations, lines, functions, strings, labelSets } = p
  return Array.from({ length: samples.count }, (_, s) => {
    const stack = []
    for (let k = samples.stackStart[s]; k < samples.stackEnd[s]; k++)
      stack.push(strings.get(functions.name[lines.fn[locations.lineStart[samples.frame[k]]]]))
    const labels = []
    const set = samples.labelSet[s]
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
      labels.push(`${strings.get(labelSets.key[l])}=${strings.get(labelSets.str[l])}`)
    return `${stack.join(' < ')} | ${labels.join(' ')} | ${samples.value.map((v) => v.get(s)).join(' ')}`
  }).sort()
}

const END = { start: 5n, duration: 1e9, period: 5e7, comments: ['x'] }

describe('wall-clock profiles', () => {
  test('dumps are added up: time by stack and state, without the request that asks', () => {
    const w = new WallProfile({ stateFrames: true })
    const first = dump(
      OWN + goroutine(1, 'chan receive', 'main.wait', 'main.main') + goroutine(2, 'runnable', 'main.work'),
    )
    const second = dump(
      goroutine(1, 'chan receive, 3 minutes', 'main.wait', 'main.main') +
        goroutine(2, 'IO wait', 'main.work') +
        goroutine(3, 'chan receive', 'main.wait', 'main.main') +
        OWN,
    )
    expect(w.add(first, 50e6)).toBe(2)
    expect(w.add(second, 100e6)).toBe(3)
    expect(w.totalNanos).toBe(400e6)
    expect(w.mostGoroutines).toBe(3)
    expect(w.byState()).toEqual([
      { state: 'chan receive', activity: 'waiting', samples: 3, nanos: 250e6 },
      { state: 'IO wait', activity: 'waiting', samples: 1, nanos: 100e6 },
      { state: 'runnable', activity: 'running', samples: 1, nanos: 50e6 },
    ])
    const p = w.done(END)
    expect(p.sampleTypes.map((t) => `${t.type}/${t.unit}`)).toEqual(['samples/count', 'wall/nanoseconds'])
    expect(rows(p)).toEqual([
      '[IO wait] < main.work | activity=waiting state=IO wait | 1 100000000',
      '[chan receive] < main.wait < main.main | activity=waiting state=chan receive | 3 250000000',
      '[runnable] < main.work | activity=running state=runnable | 1 50000000',
    ])
  })

  test('frames for states can be left out; labels stay', () => {
    const w = new WallProfile({ stateFrames: false })
    w.add(dump(goroutine(1, 'select', 'main.wait')), 1)
    expect(rows(w.done(END))).toEqual(['main.wait | activity=waiting state=select | 1 1'])
  })

  test('labels of the program are kept', () => {
    const w = new WallProfile({ stateFrames: false })
    w.add(dump(goroutine(1, 'select labels:{"handler": "quote"}', 'main.wait')), 1)
    expect(rows(w.done(END))).toEqual(['main.wait | handler=quote activity=waiting state=select | 1 1'])
  })

  test('as many dumps as one likes take no more room', () => {
    const w = new WallProfile({ stateFrames: true })
    for (let k = 0; k < 200; k++) w.add(dump(goroutine(k + 1, 'select', 'main.wait', 'main.main')), 10)
    const p = w.done(END)
    expect(p.samples.count).toBe(1)
    expect(p.locations.count).toBe(3)
    expect(p.samples.value[0].get(0)).toBe(200)
  })
})

test('what states amount to', () => {
  expect(
    ['running', 'runnable', 'syscall', 'select', 'sync.Mutex.Lock', 'strange new state'].map(activityOf),
  ).toEqual(['running', 'running', 'syscall', 'waiting', 'waiting', 'waiting'])
})

describe('the brake', () => {
  test('does nothing while dumps are cheap', () => {
    expect(nextInterval(50, [])).toBe(50)
    expect(nextInterval(50, [1, 2, 2.5])).toBe(50)
  })

  test('lets no more than a twentieth go into dumps', () => {
    expect(nextInterval(50, [5, 5, 5, 5])).toBe(100)
    expect(nextInterval(50, [200])).toBe(4000)
  })

  test('does not mind one bad moment', () => {
    expect(nextInterval(50, [1, 1, 300, 1])).toBe(50)
  })
})
