import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { ELIDED_UNKNOWN, FRAME, GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import { GoroutineDecoder, type GoroutineLines } from './decode.ts'

function read(text: string, chunk = Number.POSITIVE_INFINITY): { g: Goroutines; lines: GoroutineLines } {
  const b = new GoroutineBuilder()
  const d = new GoroutineDecoder(b, 0)
  const bytes = encodeUtf8(text)
  const buffer = new Uint8Array(Math.min(chunk, bytes.length))
  for (let at = 0; at < bytes.length; at += chunk) {
    // One buffer for all chunks, as readers have it.
    const n = Math.min(chunk, bytes.length - at)
    buffer.set(bytes.subarray(at, at + n))
    d.feed(buffer.subarray(0, n))
  }
  const lines = d.end()
  return { g: b.done(), lines }
}

/** Everything about the goroutines as lines of text. */
function plain(g: Goroutines): string[] {
  const s = (id: number): string => g.strings.get(id)
  const frame = (f: number): string =>
    `${s(g.frames.fn[f])} ${s(g.frames.file[f])}:${g.frames.line[f]}+${g.frames.pcOffset[f]}`
  const out: string[] = []
  for (const d of g.dumps)
    for (let row = d.start; row < d.end; row++) {
      const t = g.table
      const st = t.stack[row]
      const calls = []
      for (let k = g.stacks.start[st]; k < g.stacks.start[st + 1]; k++) {
        const call = g.stacks.call[k]
        calls.push(`${frame(g.calls.frame[call])}(${s(g.calls.args[call])})`)
      }
      const created = t.createdBy[row] === 0 ? '' : ` < ${frame(t.createdBy[row])} in ${t.creator[row]}`
      out.push(
        `${d.kind} ${t.goid[row]} x${t.weight[row]} [${s(t.state[row])} ${t.minutes[row]} f${t.flags[row]} b${t.bubble[row]} m${t.thread[row]}] ${calls.join(' ')}${created}`,
      )
    }
  return out
}

const DUMP = `goroutine 1 [running]:
main.main()
	/src/main.go:10 +0x1d

goroutine 18 [chan send, 3 minutes, locked to thread]:
main.(*T[...]).send(0xc000012345, {0x1?, _, ...})
	/src/main.go:20 +0x2e
main.inlined(...)
	/src/main.go:21
created by main.main in goroutine 1
	/src/main.go:11 +0x3f

goroutine 19 [chan send]:
main.(*T[...]).send(0xc000012345, {0x1?, _, ...})
	/src/main.go:20 +0x2e
main.inlined(...)
	/src/main.go:21
created by main.main in goroutine 1
	/src/main.go:11 +0x3f
`

const CRASH = `starting
panic: first [recovered, repanicked]
	panic: second
	on two lines
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4929bd]

goroutine 1 gp=0xc000006a80 m=3 mp=0xc000100008 [running]:
panic({0x1, 0x2})
	/usr/local/go/src/runtime/panic.go:884 +0x212 fp=0xc000 sp=0xc001 pc=0x123
main.main()
	/src/main.go:10 +0x1d
...23 frames elided...
main.outer()
	/src/main.go:1 +0x1

goroutine 5 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/src/main.go:12 +0x1d
rax    0x1
rip    0x2

-----

SIGQUIT: quit
PC=0x462ae0 m=5 sigcode=0

goroutine 5 [running]:
main.busy()
	/src/main.go:30 +0x1
created by main.main in goroutine 1
	/src/main.go:12 +0x1d

goroutine 0 [idle]:
runtime.futex()
	/usr/local/go/src/runtime/sys.s:1 +0x1
rax    0x3
exit status 2
`

describe('dumps', () => {
  test('states, arguments, inlined calls and creators', () => {
    const { g, lines } = read(DUMP)
    expect(lines.strange.count + lines.foreign.count).toBe(0)
    expect(lines.lines).toBe(DUMP.split('\n').length - 1)
    expect(plain(g)).toEqual([
      'dump 1 x1 [running 0 f0 b0 m-1] main.main /src/main.go:10+29()',
      `dump 18 x1 [chan send 3 f${GOROUTINE.locked} b0 m-1] main.(*T[...]).send /src/main.go:20+46(0xc000012345, {0x1?, _, ...}) main.inlined /src/main.go:21+0(...) < main.main /src/main.go:11+63 in 1`,
      'dump 19 x1 [chan send 0 f0 b0 m-1] main.(*T[...]).send /src/main.go:20+46(0xc000012345, {0x1?, _, ...}) main.inlined /src/main.go:21+0(...) < main.main /src/main.go:11+63 in 1',
    ])
    expect(g.stacks.count).toBe(2)
    const inlined = Array.from(g.frames.flags).filter((f) => f & FRAME.inlined)
    expect(inlined.length).toBe(1)
  })

  test('in chunks of any size', () => {
    const whole = plain(read(CRASH + DUMP).g)
    for (let chunk = 1; chunk < 80; chunk++) expect(plain(read(CRASH + DUMP, chunk).g)).toEqual(whole)
  })

  test('headers of all versions', () => {
    const headers = [
      ['[select (no cases)]', 'select (no cases) 0 f0 b0'],
      ['[select (durable), synctest bubble 4]', `select 0 f${GOROUTINE.durable} b4`],
      ['[chan receive (synctest), synctest group 2]', `chan receive 0 f${GOROUTINE.durable} b2`],
      ['[chan send (leaked)]', `chan send 0 f${GOROUTINE.leaked} b0`],
      ['[select (leaked) (scan), 2 minutes]', `select 2 f${GOROUTINE.leaked | GOROUTINE.scan} b0`],
      ['[chan receive (nil chan), 5 minutes]', 'chan receive (nil chan) 5 f0 b0'],
      ['[running labels:{"a": "b", "c d": "e\\"]:"}]', 'running 0 f0 b0'],
      ['[running] {handler: quote, path: "/a b\\"c"}', 'running 0 f0 b0'],
    ]
    const text = headers.map(([h], k) => `goroutine ${k + 1} ${h}:\nmain.f()\n\t/m.go:1 +0x1\n`).join('\n')
    const { g, lines } = read(text)
    expect(lines.strange.count + lines.foreign.count).toBe(0)
    expect(plain(g).map((l) => /\[(.*) m-1\]/.exec(l)?.[1])).toEqual(headers.map(([, want]) => want))
    const labels = (row: number): string[] => {
      const { start, key, str } = g.labelSets
      const set = g.table.labelSet[row]
      return Array.from({ length: start[set + 1] - start[set] }, (_, k) => {
        const l = start[set] + k
        return `${g.strings.get(key[l])}=${g.strings.get(str[l])}`
      }).sort()
    }
    expect(labels(6)).toEqual(['a=b', 'c d=e"]:'])
    expect(labels(7)).toEqual(['handler=quote', 'path=/a b"c'])
  })

  test('a goroutine that is there already begins another dump', () => {
    const { g } = read(`${DUMP}\n${DUMP}`)
    expect(g.dumps.map((d) => [d.kind, d.start, d.end])).toEqual([
      ['dump', 0, 3],
      ['dump', 3, 6],
    ])
  })

  test('frames left out without a number, C frames, ancestors', () => {
    const { g, lines } = read(`goroutine 7 [syscall]:
my_c_function
	/src/x.c:12 pc=0x401000
non-Go function
	pc=0x401001
non-Go function at pc=0x402000
main.f()
	C:/src/main.go:3 +0x1
...additional frames elided...
created by main.main
	/src/main.go:4 +0x2
[originating from goroutine 1]:
main.ancestor(...)
	/src/main.go:5 +0x3
created by main.other
	/src/main.go:6 +0x4
`)
    expect(lines.strange.count).toBe(0)
    expect(plain(g)).toEqual([
      'dump 7 x1 [syscall 0 f0 b0 m-1] my_c_function /src/x.c:12+0() non-Go function :0+0() non-Go function :0+0() main.f C:/src/main.go:3+1() < main.main /src/main.go:4+2 in 0',
    ])
    expect([g.stacks.elided[1], g.stacks.elidedAt[1]]).toEqual([ELIDED_UNKNOWN, 4])
  })

  test('lines of others inside of a stack are counted, and the stack goes on', () => {
    const { g, lines } = read(`goroutine 7 [select]:
main.f()
	/src/main.go:3 +0x1
2024/01/01 10:00:00 a log line: 1
main.g()
	/src/main.go:4 +0x1
`)
    expect(lines.strange).toEqual({
      count: 1,
      first: [{ offset: 52, text: '2024/01/01 10:00:00 a log line: 1' }],
    })
    expect(plain(g)[0]).toContain('main.f /src/main.go:3+1() main.g /src/main.go:4+1()')
  })
})

describe('crashes', () => {
  test('panics, signal, registers, threads', () => {
    const { g, lines } = read(CRASH)
    expect([lines.strange.count, lines.foreign.count, g.dumps.length]).toEqual([0, 1, 1])
    const { crash } = g.dumps[0]
    expect(crash).toMatchObject({
      kind: 'panic',
      panics: [
        { text: 'first', recovered: true, repanicked: true },
        { text: 'second\non two lines', recovered: false },
      ],
      signal: 'signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4929bd',
      registers: [
        ['rax', '0x1'],
        ['rip', '0x2'],
      ],
      threads: 2,
    })
    // Goroutine 5 is there once, with the stack that the other thread saw.
    expect(plain(g).map((l) => l.slice(0, 40))).toEqual([
      'crash 1 x1 [running 0 f0 b0 m3] panic /u',
      'crash 5 x1 [running 0 f0 b0 m-1] main.bu',
      'crash 0 x1 [idle 0 f32 b0 m-1] runtime.f',
    ])
    expect([g.stacks.elided[g.table.stack[0]], g.stacks.elidedAt[g.table.stack[0]]]).toEqual([23, 2])
  })

  test('fatal errors with a stack of the runtime', () => {
    const { g, lines } = read(`runtime: goroutine stack exceeds 1000000000-byte limit
fatal error: stack overflow

runtime stack:
runtime.throw({0x1?, 0x2?})
	/go/src/runtime/panic.go:1229 +0x48 fp=0x1 sp=0x2 pc=0x3

goroutine 1 gp=0x1 m=nil [running]:
main.f(0x1?)
	/src/main.go:71 +0xe7 fp=0x1 sp=0x2 pc=0x3
`)
    expect(lines.strange.count + lines.foreign.count).toBe(0)
    const crash = g.dumps[0].crash!
    expect([crash.kind, crash.fatal, crash.runtimeLines]).toEqual([
      'fatal',
      'stack overflow',
      ['runtime: goroutine stack exceeds 1000000000-byte limit'],
    ])
    expect(crash.runtimeStack).not.toBe(0)
    expect(g.table.count).toBe(1)
  })

  test('without any goroutine', () => {
    const { g } = read('fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n')
    expect(g.dumps.map((d) => [d.kind, d.end - d.start, d.crash?.fatal])).toEqual([
      ['crash', 0, 'no goroutines (main called runtime.Goexit) - deadlock!'],
    ])
  })

  test('a recovered panic in a log, and the line behind it', () => {
    const { g, lines } = read(`2024/05/01 10:00:01 http: panic serving 127.0.0.1:55: boom
goroutine 7 [running]:
main.handler()
	/app/main.go:10 +0x27
created by net/http.(*Server).Serve
	/go/src/net/http/server.go:3089 +0x5ed
2024/05/01 10:00:02 next
`)
    expect(g.dumps[0].crash?.panics).toEqual([{ text: 'boom', recovered: true, repanicked: false }])
    expect([lines.strange.count, lines.foreign.count]).toEqual([0, 2])
  })
})

describe('in logs', () => {
  const want = plain(read(CRASH).g)
  const log = CRASH.replace(/\n$/, '').split('\n')

  test('behind the prefixes of loggers', () => {
    const time = (k: number): string => `2024-05-01T10:00:0${k % 10}.${k}Z`
    for (const prefix of [
      (k: number) => `${time(k)} stderr F `,
      (k: number) => `May  1 10:00:${10 + (k % 50)} host app[4711]: `,
      () => 'web-1  | ',
    ]) {
      const { g, lines } = read(log.map((l, k) => `${prefix(k)}${l}`.trimEnd()).join('\n'))
      expect(plain(g)).toEqual(want)
      expect([lines.strange.count, lines.foreign.count, lines.lines]).toEqual([0, 1, log.length])
      expect(g.dumps[0].crash?.panics.length).toBe(2)
    }
  })

  test('as JSON of Docker, and with the line ends of Windows', () => {
    const docker = log.map((l) => JSON.stringify({ log: `${l}\n`, stream: 'stderr' })).join('\n')
    expect(plain(read(docker).g)).toEqual(want)
    expect(plain(read(log.join('\r\n')).g)).toEqual(want)
  })

  test('of two processes, line by line in turn', () => {
    const a = DUMP.split('\n').map((l) => `a | ${l}`.trimEnd())
    const b = CRASH.split('\n').map((l) => `b | ${l}`.trimEnd())
    const mixed: string[] = []
    for (let k = 0; k < Math.max(a.length, b.length); k++)
      mixed.push(...[a[k], b[k]].filter((l) => l !== undefined))
    const { g, lines } = read(mixed.join('\n'))
    expect(lines.strange.count).toBe(0)
    expect(plain(g).sort()).toEqual([...plain(read(DUMP).g), ...want].sort())
    expect(g.dumps.map((d) => d.end - d.start).sort()).toEqual([3, 3])
  })
})

describe('other reports', () => {
  test('the race detector', () => {
    const { g, lines } = read(`==================
WARNING: DATA RACE
Read at 0x00c000094028 by goroutine 8:
  main.main.func5()
      /src/main.go:133 +0x99

Previous write at 0x00c000094028 by main goroutine:
  [failed to restore the stack]

Goroutine 8 (running) created at:
  main.main()
      /src/main.go:130 +0x755
==================
Found 1 data race(s)
`)
    expect(lines.strange.count + lines.foreign.count).toBe(0)
    const [race] = g.races
    expect(race.accesses.map((a) => [a.what, a.address, a.goid, a.stack > 0])).toEqual([
      ['read', '0x00c000094028', 8, true],
      ['previous write', '0x00c000094028', 1, false],
    ])
    expect(race.goroutines.map((x) => [x.goid, x.state, x.stack > 0])).toEqual([[8, 'running', true]])
  })

  test('text profiles', () => {
    const { g, lines } = read(`goroutine profile: total 5
3 @ 0x1 0x2
# labels: {"handler":"order", "tier":"2"}
#	0x1	time.Sleep+0x44	/go/src/runtime/time.go:1
#	0x2	main.f+0x1		/src/main.go:2

2 @ 0x3
#	0x3	main.g+0x1	/src/main.go:3
`)
    expect(lines.strange.count + lines.foreign.count + lines.problems.length).toBe(0)
    expect(plain(g)).toEqual([
      'profile -1 x3 [sleep 0 f0 b0 m-1] time.Sleep /go/src/runtime/time.go:1+68() main.f /src/main.go:2+1()',
      'profile -1 x2 [ 0 f0 b0 m-1] main.g /src/main.go:3+1()',
    ])
    expect(g.dumps[0]).toMatchObject({ profileName: 'goroutine', profileTotal: 5 })
    expect(read('goroutine profile: total 5\n3 @ 0x1\n').lines.problems.length).toBe(1)
  })

  test('stacks of allocations are left to their own reader', () => {
    const { g } = read(`tracealloc(0xc000012345, 0x10, string)
goroutine 1 [running]:
main.main()
	/src/main.go:1 +0x1

`)
    expect(g.table.count).toBe(0)
  })
})

describe('hostile input', () => {
  test('cut at every byte, nothing is thrown and all that was whole is there', () => {
    const text = CRASH + DUMP
    for (let end = 0; end <= text.length; end++) {
      const { g } = read(text.slice(0, end))
      expect(g.table.count).toBeLessThanOrEqual(6)
    }
  })

  test('flipped bytes', () => {
    let seed = 1
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % n
    }
    const bytes = encodeUtf8(CRASH + DUMP)
    for (let run = 0; run < 500; run++) {
      const b = bytes.slice()
      for (let k = 0; k < 4; k++) b[random(b.length)] = random(256)
      const builder = new GoroutineBuilder()
      const d = new GoroutineDecoder(builder, 0)
      d.feed(b)
      expect(d.end().lines).toBeGreaterThan(0)
      const g = builder.done()
      for (const dump of g.dumps) expect(dump.end).toBeGreaterThanOrEqual(dump.start)
    }
  })

  test('lines without an end and a million headers of nothing', () => {
    expect(read('x'.repeat(3 << 20), 1 << 16).g.table.count).toBe(0)
    expect(read('goroutine 1 [running]:\n'.repeat(20_000)).g.dumps.length).toBe(20_000)
  })
})
