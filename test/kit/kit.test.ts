import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { dumpProfile } from './proto-dump.ts'
import { limiter, runCommand } from './run-command.ts'

const bytes = (text: string) => [...new TextEncoder().encode(text)]
const field = (number: number, content: number[]) => [number * 8 + 2, content.length, ...content]
const strings = ['', 'cpu', 'ns', 'main.a', 'where', 'here'].flatMap((s) => field(6, bytes(s)))
const sampleType = field(1, [8, 1, 16, 2])
const label = field(3, [8, 4, 16, 5])
const fn = field(5, [8, 7, 16, 3])
const location = field(4, [8, 9, 24, 16, ...field(4, [8, 7, 16, 30])])

test('a dump says the same however the message was written', () => {
  const packed = [
    ...sampleType,
    ...field(2, [...field(1, [9]), ...field(2, [5]), ...label]),
    ...fn,
    ...location,
  ]
  const plain = [...location, ...fn, ...field(2, [...label, 16, 5, 8, 9]), ...sampleType]
  const dump = dumpProfile(Uint8Array.from([...packed, ...strings]))
  expect(dump).toContain('sample 5 at 9; "where": "here"')
  expect(dump).toContain('location 9 mapping 0 address 0x10 folded 0; function 7 line 30 column 0')
  expect(dumpProfile(Uint8Array.from([...strings, ...plain]))).toBe(dump)
  const compressed = dumpProfile(gzipSync(Uint8Array.from([...packed, ...strings])))
  expect(compressed).toBe(dump.replace('compressed: false', 'compressed: true'))
})

test('a dump tells profiles apart and refuses what is none', () => {
  const of = (value: number[]) => dumpProfile(Uint8Array.from([...strings, ...field(2, [16, ...value])]))
  expect(of([5])).not.toBe(of([6]))
  expect(of([...Array(9).fill(255), 1])).toContain('sample -1 at')
  expect(() => dumpProfile(Uint8Array.from([10, 200]))).toThrow()
  expect(() => dumpProfile(Uint8Array.from([11]))).toThrow('wire type')
})

test('commands run in a home of their own', async () => {
  const script =
    'process.stdin.pipe(process.stdout); process.stderr.write([process.env.HOME, process.env.TZ].join()); process.exitCode = 3'
  const result = await runCommand([process.execPath, '-e', script], { stdin: 'in' })
  expect(result.exit).toBe(3)
  expect(result.stdout.toString()).toBe('in')
  expect(result.stderr).toMatch(/goscope-test-\w+,UTC$/)
})

test('the limiter keeps its width and gives every task its turn', async () => {
  const limit = limiter(2)
  let running = 0
  let most = 0
  const task = (n: number) => async () => {
    most = Math.max(most, ++running)
    await new Promise((resume) => setTimeout(resume, 1))
    running--
    if (n === 3) throw new Error('three')
    return n
  }
  const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => limit(task(n))))
  expect(results.map((r) => (r.status === 'fulfilled' ? r.value : 'failed'))).toEqual([
    1,
    2,
    'failed',
    4,
    5,
    6,
  ])
  expect(most).toBe(2)
})
