import { describe, expect, test } from 'vitest'
import { formatTimeFull } from '../core/base/go-time.ts'
import { parseZone } from './zone.ts'

interface Type {
  readonly offset: number
  readonly dst: boolean
  readonly name: string
}

/** A TZif file of version 2 (RFC 8536), with an empty first part. */
function tzif(
  types: readonly Type[],
  changes: readonly [seconds: number, type: number][],
  rule: string,
): Uint8Array {
  const names = types.map((t) => `${t.name}\0`).join('')
  const head = (times: number, kinds: number, chars: number): Buffer => {
    const b = Buffer.alloc(44)
    b.write('TZif2')
    const counts = [0, 0, 0, times, kinds, chars]
    for (const [i, n] of counts.entries()) b.writeUInt32BE(n, 20 + 4 * i)
    return b
  }
  const body = Buffer.alloc(changes.length * 9 + types.length * 6)
  changes.forEach(([seconds, type], i) => {
    body.writeBigInt64BE(BigInt(seconds), i * 8)
    body.writeUInt8(type, changes.length * 8 + i)
  })
  types.forEach((t, i) => {
    const at = changes.length * 9 + i * 6
    body.writeInt32BE(t.offset, at)
    body.writeUInt8(t.dst ? 1 : 0, at + 4)
    body.writeUInt8(
      types.slice(0, i).reduce((n, x) => n + x.name.length + 1, 0),
      at + 5,
    )
  })
  return Buffer.concat([
    head(0, 1, 1),
    Buffer.alloc(7),
    head(changes.length, types.length, names.length),
    body,
    Buffer.from(`${names}\n${rule}\n`),
  ])
}

const LMT = { offset: 3208, dst: false, name: 'LMT' }
const CET = { offset: 3600, dst: false, name: 'CET' }
const CEST = { offset: 7200, dst: true, name: 'CEST' }
const utc = (text: string): number => Date.parse(`${text}Z`) / 1000
const nameAt = (file: Uint8Array, text: string): string => {
  const z = parseZone(file)(utc(text))
  return `${z.name} ${z.offset}`
}

describe('time zones', () => {
  const berlin = tzif(
    [LMT, CET, CEST],
    [
      [utc('1893-04-01T00:00:00'), 1],
      [utc('1996-03-31T01:00:00'), 2],
      [utc('1996-10-27T01:00:00'), 1],
    ],
    'CET-1CEST,M3.5.0,M10.5.0/3',
  )
  test.each([
    ['1800-01-01T00:00:00', 'LMT 3208'],
    ['1996-03-31T00:59:59', 'CET 3600'],
    ['1996-03-31T01:00:00', 'CEST 7200'],
    ['1996-10-27T00:59:59', 'CEST 7200'],
    ['1996-10-27T01:00:00', 'CET 3600'],
    // From here on by the rule.
    ['2026-03-29T00:59:59', 'CET 3600'],
    ['2026-03-29T01:00:00', 'CEST 7200'],
    ['2026-10-25T00:59:59', 'CEST 7200'],
    ['2026-10-25T01:00:00', 'CET 3600'],
    ['2027-01-01T00:00:00', 'CET 3600'],
  ])('Berlin at %s', (text, want) => {
    expect(nameAt(berlin, text)).toBe(want)
  })

  const last = [[utc('2000-01-01T00:00:00'), 0]] as const
  const byRule = (rule: string): Uint8Array =>
    tzif([{ offset: 0, dst: false, name: 'XXX' }], [[...last[0]]], rule)
  test.each([
    // South of the equator summer lies around the new year.
    ['AEST-10AEDT,M10.1.0,M4.1.0/3', '2026-01-01T00:00:00', 'AEDT 39600'],
    ['AEST-10AEDT,M10.1.0,M4.1.0/3', '2026-07-01T00:00:00', 'AEST 36000'],
    ['<+0330>-3:30', '2026-07-01T00:00:00', '+0330 12600'],
    ['EST5EDT,M3.2.0,M11.1.0', '2026-03-08T06:59:59', 'EST -18000'],
    ['EST5EDT,M3.2.0,M11.1.0', '2026-03-08T07:00:00', 'EDT -14400'],
    ['<-02>2<-01>,M3.5.0/-1,M10.5.0/0', '2026-07-01T00:00:00', '-01 -3600'],
    ['', '2026-07-01T00:00:00', 'XXX 0'],
    ['nonsense', '2026-07-01T00:00:00', 'XXX 0'],
  ])('rule %j at %s', (rule, text, want) => {
    expect(nameAt(byRule(rule), text)).toBe(want)
  })

  test('a whole time', () => {
    const nanos = BigInt(utc('2026-07-01T12:00:00')) * 1_000_000_000n + 5_000_000n
    expect(formatTimeFull(nanos, parseZone(berlin))).toBe('2026-07-01 14:00:00.005 +0200 CEST')
  })

  test('no zone, or half of one, is an error', () => {
    expect(() => parseZone(Buffer.from('TZ'))).toThrow()
    expect(() => parseZone(new Uint8Array(100))).toThrow('TZif')
  })
})
