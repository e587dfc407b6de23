import { describe, expect, test } from 'vitest'
import { fileKind, hasDumpLine, isDump } from './file-kind.ts'

const kind = (text: string, name = '') => fileKind(name, Buffer.from(text))

describe('kinds of files by their content', () => {
  const samples: readonly (readonly [string, string])[] = [
    ['', 'empty'],
    ['heap profile: 1: 2 [3: 4] @ heap/1048576\n# runtime.MemStats\n', 'profile'],
    ['goroutine profile: total 5\n5 @ 0x1\n', 'profile'],
    ['\x0a\x04\x08\x01\x10\x02\x00', 'profile'],
    ['main;f 12\nmain;g 3\n', 'profile'],
    ['{"HeapSys": 1, "HeapAlloc": 2}', 'memory'],
    ['{"cmdline": ["./x"], "memstats": {}}', 'memory'],
    ['00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/x\n', 'memory'],
    ['go 1.26 trace\0\0\0', 'trace'],
    ['go1.7 heap dump\n\x06', 'heapdump'],
    [" Performance counter stats for './x':\n\n  12  cycles\n", 'perf-stat'],
    ['goos: linux\nBenchmarkX-2   \t 100\t 12 ns/op\n', 'bench'],
    ['{\n  "schema": "goscope.capture/1"\n}', 'manifest'],
    [
      'hello\ngc 1 @0.1s 0%: 1.6+2.9+0.049 ms clock, 3.3+0.17/0.16/0+0.099 ms cpu, 3->4->4 MB, 4 MB goal, 2 P\n',
      'log',
    ],
    ['panic: oops\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n', 'log'],
    ['panic: key \0 is bad\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n', 'log'],
    ['\n\x06\0\x08panic: x\ngoroutine 1 [running]:\n', 'profile'],
    ['2026/01/01 10:00:00 starting the server on port 80\n'.repeat(3), 'text'],
    ['Grüße aus dem Log\n'.repeat(3), 'text'],
    ['<!doctype html><html>', 'profile'],
    ['{"a": 1}', 'profile'],
  ]
  test.each(samples)('%j', (text, expected) => {
    expect(kind(text)).toBe(expected)
  })
  test('names matter for control groups only', () => {
    expect(kind('536870912\n', 'cap/memory.max')).toBe('memory')
    expect(kind('536870912\n', 'cap/number')).toBe('text')
    expect(kind('go 1.26 trace\0\0\0', 'cpu.pb.gz')).toBe('trace')
  })
})

test('a crash is found anywhere in a log, also across the pieces that are looked at', () => {
  const line = 'an ordinary line of a program\n'
  const crash = 'fatal error: all goroutines are asleep - deadlock!\n'
  for (const before of [0, 1000, (1 << 20) - 20, 1 << 20, 3 << 20]) {
    const text = line.repeat(Math.floor(before / line.length)) + crash + line
    expect(isDump(Buffer.from(text))).toBe(true)
  }
  expect(isDump(Buffer.from(line.repeat(100_000)))).toBe(false)
  expect(hasDumpLine(Buffer.from('x panic: no\n'))).toBe(false)
})
