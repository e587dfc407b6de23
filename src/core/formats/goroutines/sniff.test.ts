import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { sniffGoroutines } from './sniff.ts'

const sniff = (text: string): number => sniffGoroutines(encodeUtf8(text))

describe('sniff', () => {
  test.each([
    ['a dump', 'goroutine 1 [running]:\nmain.main()\n\t/m.go:1 +0x1\n'],
    ['with labels', 'goroutine 1 [running] {a: b}:\nmain.main()\n'],
    ['a crash', 'panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n'],
    ['a fatal error', 'fatal error: all goroutines are asleep - deadlock!\n'],
    ['a signal', 'SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\ngoroutine 0 [idle]:\n'],
    ['of Kubernetes', '2024-05-01T10:00:00.1Z stderr F goroutine 1 [running]:\n'],
    ['of Docker', `${JSON.stringify({ log: 'goroutine 1 [running]:\n', stream: 'stderr' })}\n`],
    ['races', '==================\nWARNING: DATA RACE\nRead at 0x1 by goroutine 8:\n'],
  ])('%s', (_, text) => {
    expect(sniff(text)).toBeGreaterThanOrEqual(0.5)
  })

  test.each([
    ['a text profile', 'goroutine profile: total 1\n1 @ 0x1\n#\t0x1\tmain.f+0x1\t/m.go:1\n'],
    ['allocations', 'tracealloc(0xc00, 0x10, string)\ngoroutine 1 [running]:\nmain.main()\n'],
    ['gctrace', 'gc 1 @0.001s 4%: 0.026+0.29+0.002 ms clock\n'],
    ['folded stacks', 'main;f;g 10\nmain;f 3\n'],
    ['prose', 'A goroutine 1 [running] is: what?\n'],
    ['binary', '\0\x01goroutine 1 [running]:\n'],
  ])('not %s', (_, text) => {
    expect(sniff(text)).toBeLessThan(0.5)
  })
})
