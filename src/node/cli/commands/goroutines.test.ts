import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goroutinesJson } from '../goroutines/json.ts'
import { goroutineAddress, loadGoroutines } from '../goroutines/load.ts'
import { lookAt } from '../goroutines/look.ts'
import { goroutineLines } from '../goroutines/view.ts'
import type { Style } from '../people/style.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'goscope-goroutines-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

const STYLE: Style = { color: false, bars: false, unicode: true, width: Number.POSITIVE_INFINITY }
const OPTIONS = { limit: 20, stacks: false, creators: false, explain: false }

const sender = (goid: number): string => `goroutine ${goid} [chan send, 2 minutes]:
main.send(0xc000012345)
	/src/app/main.go:20 +0x2e
created by main.main in goroutine 1
	/src/app/main.go:11 +0x3f
`
const dump = (senders: number): string =>
  [
    `goroutine 1 [running]:\nmain.main()\n\t/src/app/main.go:10 +0x1d\n`,
    ...Array.from({ length: senders }, (_, k) => sender(k + 10)),
  ].join('\n')

async function view(paths: readonly string[], options = OPTIONS): Promise<string> {
  const look = lookAt(await loadGoroutines(paths), {}, 'lines')
  return goroutineLines(STYLE, look, options).join('\n')
}

describe('goscope goroutines', () => {
  test('a headline, what is suspicious, and groups', async () => {
    const text = await view([file('dump.txt', dump(60))])
    expect(text).toMatch(/^dump\.txt {2}dump {2}61 goroutines, 2 groups\n60 chan send {2}1 running/)
    expect(text).toContain('Likely: 60 goroutines waiting to send, and nobody takes what they send')
    expect(text).toMatch(
      /60 {2}98\.4% {2}chan send {2}2 min {3}main\.send {2}app\/main\.go:20 {2}← main\.main/,
    )
  })

  test('no line is wider than the terminal', async () => {
    const path = file('dump.txt', dump(60))
    const look = lookAt(await loadGoroutines([path, path]), {}, 'lines')
    for (const width of [40, 60, 80, 120])
      for (const line of goroutineLines({ ...STYLE, width }, look, {
        ...OPTIONS,
        stacks: true,
        creators: true,
        explain: true,
      }))
        expect([...line].length, line).toBeLessThanOrEqual(Math.max(width, 60))
  })

  test('a crash says where and what to do', async () => {
    const text = await view([
      file(
        'crash.log',
        'panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.pick(...)\n\t/src/app/main.go:7\nmain.main()\n\t/src/app/main.go:10 +0x1d\nexit status 2\n',
      ),
    ])
    expect(text).toContain('✖ panic     panic: runtime error: index out of range [5] with length 3')
    expect(text).toContain('in main.pick, /src/app/main.go:7 (goroutine 1)')
    expect(text).toContain('Do: Compare it with len first.')
  })

  test('two dumps are compared', async () => {
    const text = await view([file('a.txt', dump(60)), file('b.txt', dump(90))])
    expect(text).toContain('61 → 91 goroutines over 2 dumps')
    expect(text).toMatch(/60 {6}90 {5}\+30 {5}60 {3}30/)
  })

  test('JSON', async () => {
    const path = file('dump.txt', dump(60))
    const look = lookAt(await loadGoroutines([path]), {}, 'lines')
    const doc = JSON.parse(JSON.stringify(goroutinesJson(look, [path], 0)))
    expect(doc).toMatchObject({
      schema: 'goscope.goroutines/1',
      goroutines: 61,
      groupCount: 2,
      groups: [
        {
          goroutines: 60,
          state: 'chan send',
          minutes: { min: 2, median: 2, max: 2 },
          createdBy: { function: 'main.main', line: 11 },
          frames: [{ function: 'main.send', arguments: '0xc000012345', origin: 'main' }],
        },
        { state: 'running' },
      ],
      suspects: [{ goroutines: 60, certainty: 'likely' }],
      lines: [{ strange: { count: 0 }, foreign: { count: 0 } }],
    })
  })

  test('files without goroutines', async () => {
    await expect(loadGoroutines([file('x.txt', 'nothing of the kind\n')])).rejects.toThrow(
      /no goroutines in it/,
    )
    await expect(loadGoroutines([file('empty.txt', '')])).rejects.toThrow(/empty/)
    await expect(loadGoroutines([join(dir, 'missing.txt')])).rejects.toThrow(/no such file/)
    await expect(loadGoroutines(['-', '-'])).rejects.toThrow(/only once/)
  })

  test('addresses of programs', () => {
    const path = '/debug/pprof/goroutine?debug=2'
    expect(goroutineAddress('localhost:6060')).toBe(`http://localhost:6060${path}`)
    expect(goroutineAddress('https://host:6060/')).toBe(`https://host:6060${path}`)
    expect(goroutineAddress('http://host/debug/pprof/goroutine')).toBe('http://host/debug/pprof/goroutine')
    expect(goroutineAddress('unix:/run/app.sock')).toBe(`unix:/run/app.sock:${path}`)
    expect(goroutineAddress('dump.txt')).toBe('dump.txt')
  })
})
