import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { perfScript } from '../perf-script/index.ts'
import { speedscope } from '../speedscope/index.ts'
import { folded } from './index.ts'

const FORMATS = [folded, speedscope, perfScript]

const scores = (head: Uint8Array | string, name = ''): number[] =>
  FORMATS.map((f) => f.sniff(typeof head === 'string' ? encodeUtf8(head) : head, name))

/** Heads of what none of the three may claim. */
const FOREIGN: Record<string, string | Uint8Array> = {
  empty: '',
  'profile.proto': Uint8Array.of(
    10,
    4,
    8,
    1,
    16,
    2,
    18,
    6,
    10,
    2,
    1,
    2,
    18,
    0,
    50,
    0,
    50,
    4,
    99,
    112,
    117,
    59,
    32,
    53,
  ),
  gzip: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 97, 59, 98, 32, 53, 10),
  'goroutine dump':
    'goroutine 1 [running]:\nmain.main()\n\t/srv/app/main.go:12 +0x1d\n\ngoroutine 18 [chan receive, 2 minutes]:\nmain.wait(0xc000012345)\n\t/srv/app/wait.go:40 +0x88\ncreated by main.main in goroutine 1\n\t/srv/app/main.go:9 +0x45\n',
  panic:
    'panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/tmp/x.go:5\n',
  'heap debug=1':
    'heap profile: 3: 4096 [10: 8192] @ heap/1048576\n1: 2048 [2: 4096] @ 0x4b1c05 0x4b1a3f 0x438c67\n#\t0x4b1c04\tmain.load+0x64\t/srv/app/load.go:31\n#\t0x4b1a3e\tmain.main+0x1e\t/srv/app/main.go:10\n\n# runtime.MemStats\n# Alloc = 123456\n',
  'goroutine debug=1':
    'goroutine profile: total 7\n4 @ 0x43e1ae 0x44f0c5\n#\t0x4671c4\ttime.Sleep+0x125\t/go/src/runtime/time.go:195\n',
  'goroutine total alone': 'goroutine profile: total 7\n',
  'threadcreate debug=1': 'threadcreate profile: total 9\n8 @\n#\t0x0\n\n1 @ 0x4434e5 0x443a2f\n',
  contention:
    '--- contention:\ncycles/second=2994372000\nsampling period=1\n180001216583 1 @ 0x471d8f 0x48e2d1\n33 2 @ 0x48e2d1 0x5\n',
  mutex: '--- mutex:\ncycles/second=2994372000\nsampling period=5\n522 3 @ 0x4726ae 0x6c12\n',
  threadz:
    '--- threadz 1 ---\n\n--- Thread 7eff063d9940 (name: main/25376) stack: ---\n  PC: 0x00bc8f1c: helper(arg *)\n',
  heap_v2: 'heap_v2/524288\n  t*: 1: 2 [0: 0]\n  t0: 1: 2 [0: 0]\n',
  gctrace:
    'gc 1 @0.012s 2%: 0.026+0.39+0.10 ms clock, 0.21+0.88/0.52/0+0.83 ms cpu, 4->4->0 MB, 5 MB goal, 8 P\n'.repeat(
      5,
    ),
  schedtrace:
    'SCHED 0ms: gomaxprocs=8 idleprocs=7 threads=3 spinningthreads=0 idlethreads=1 runqueue=0 [0 0]\n'.repeat(
      5,
    ),
  scheddetail: '  P0: status=1 schedtick=5; syscalltick=0 m=0 runqsize=0 gfreecnt=0 timerslen=0\n'.repeat(5),
  allocfreetrace:
    'tracealloc(0xc000010000, 0x10, main.T)\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x5\n',
  log: '2026-01-05T10:00:00Z INFO listening on port 8080\n2026-01-05T10:00:01Z INFO a;b;c took 15\n'.repeat(
    4,
  ),
  syslog:
    'Jan  5 10:00:00 host app[1234]: request 5 served in 12\nJan  5 10:00:01 host app[1234]: ok: 7\n'.repeat(
      3,
    ),
  'access log': '10.0.0.1 - - [05/Jan/2026:10:00:00 +0000] "GET /a;b HTTP/1.1" 200 512\n'.repeat(5),
  'kernel log': '[   12.345678] usb 1-1: new high-speed USB device number 5\n'.repeat(5),
  benchmark: 'goos: linux\nBenchmarkSort-8   \t    1000\t   1234567 ns/op\nPASS\nok  \tsort\t3.210s\n',
  html: '<!DOCTYPE html>\n<html><head><style>a{color:red;margin:0 5}</style></head>\n<body>&nbsp;&lt; 5\n</body></html>\n',
  svg: '<?xml version="1.0"?>\n<svg width="100" height="50" xmlns="http://www.w3.org/2000/svg"><g/></svg>\n',
  'go source': 'package main\n\nfunc main() {\n\tfor i := 0; i < 10; i++ {\n\t}\n}\n',
  c: 'int a = 5;\nint b = 7;\nfor(i=0;i<5;i++) x += 5\n',
  'minified script': `!function(){${'var a=1;b=2;'.repeat(400)}`,
  'word counts': 'main 5\nhelper 7\n',
  'memstats json': '{"Alloc":123,"TotalAlloc":456,"PauseNs":[1,2,3]}',
  'chrome trace': '{"traceEvents":[{"ph":"B","name":"a","ts":1}]}',
  'firefox profile': '{"meta":{"version":27},"libs":[],"shared":{"stringArray":[]},"threads":[]}',
  'go trace': encodeUtf8('go 1.22 trace\0\0\0\x01\x02 5;6 7'),
  'trace text': 'M=-1 P=-1 G=-1 Sync Time=1 N=1;2 5\nM=5 P=0 G=1 StateTransition\n',
  'a control character': 'main;run 5\nmain;x\x7f 6\n',
  maps: '00400000-004d1000 r-xp 00000000 fe:00 12345 /srv/app\n7f00-7f10 rw-p 00000000 00:00 0\n',
  'perf report':
    '# Overhead  Command  Shared Object  Symbol\n# ........  .......\n    12.50%  app      app            [.] main.run\n',
}

describe('what belongs to others', () => {
  for (const [name, head] of Object.entries(FOREIGN)) {
    test(name, () => expect(scores(head)).toEqual([0, 0, 0]))
  }

  test('a name alone never makes a claim', () => {
    for (const head of Object.values(FOREIGN)) {
      for (const name of ['x.folded', 'x.speedscope.json', 'x.perf-script.txt']) {
        expect(Math.max(...scores(head, name))).toBeLessThan(0.5)
      }
    }
  })
})

const CHAIN =
  '\t  7f2710d1fb70 main.run+0x10 (/srv/app)\n\tffffffff81b6ccb2 do_read+0x82 ([kernel.kallsyms])\n\n'
const FRAMES = '{"frames":[{"name":"main"}]}'

const OURS: readonly (readonly [string, string, number])[] = [
  ['folded', 'main;run;read 5\nmain;run;write 7\n', 0],
  ['folded with comments, fractions and Windows ends', '# from x\r\nmain;a 1.5\r\nmain;b -2\r\n', 0],
  ['folded, two counts', 'a;b 1 2\na;c 3 4\n', 0],
  ['folded of a perl script', 'perl;[unknown];<anon>;main::run 12\n[kernel];x 3\n', 0],
  ['folded, cut in a line', `${'main;run;read 5\n'.repeat(3)}main;ru`, 0],
  [
    'speedscope, schema first',
    `{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":${FRAMES}}`,
    1,
  ],
  ['speedscope, pretty, frames first', '{\n  "shared": {\n    "frames": [\n      { "name": "a" }', 1],
  ['speedscope, profiles first', '{"profiles":[{"name":"a","unit":"none","type":"evented","events":[', 1],
  ['speedscope, exporter first', '{"exporter":"speedscope@1.15.0","name":"x"', 1],
  ['perf script', `app  4522  1719.383559:     250000 cpu-clock:pppH: \n${CHAIN}`, 2],
  ['perf script with cpu and pid/tid', `V8 Worker  4522/4523 [003]  1719.383559: cycles:u: \n${CHAIN}`, 2],
  ['perf script without time', `app 31912 cpu-clock: \n${CHAIN}`, 2],
  [
    'perf script --header',
    '# ========\n# captured on    : Sat Nov 21 09:24:24 2026\n# hostname : vm\n# cmdline : /usr/bin/perf record -g ./app;x 5\n',
    2,
  ],
  [
    'perf script without call chains',
    '  app  4522  1719.383559:  1  page-faults:  ffffffff817554ea elf_load+0x28a ([kernel.kallsyms])\n'.repeat(
      3,
    ),
    2,
  ],
  ['perf script -F ip,sym', '\n\t  7f2710d1fb70 run\n\t           0 [unknown]\n\n', 2],
]

describe('what is ours', () => {
  for (const [name, head, winner] of OURS) {
    test(name, () => {
      const s = scores(head)
      expect(s[winner]).toBeGreaterThanOrEqual(0.6)
      expect(s.filter((x) => x > 0)).toHaveLength(1)
    })
  }

  test('UTF-16 is text', () => {
    const text = '\uFEFFmain;run 5\r\nmain;x 6\r\n'
    const le = new Uint8Array([...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]))
    expect(scores(le)[0]).toBeGreaterThan(0.5)
  })

  test('a first line longer than the head is told by its frames', () => {
    const line = Array.from({ length: 400 }, (_, i) => `main.func${i}`)
      .join(';')
      .slice(0, 4096)
    const [bare] = scores(line)
    expect(bare).toBeGreaterThan(0)
    expect(scores(line, 'a.folded')[0]).toBeGreaterThan(bare)
  })
})
