// The everyday commands on the committed examples: their whole text at fixed widths against
// test/golden/people/ (UPDATE=1 writes it anew), and what scripts and terminals rely on.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cellWidth } from '../../src/core/base/people-fmt.ts'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { describeRecorded } from '../kit/recorded-output.ts'
import { goscope, limiter, root, runCommand } from '../kit/run-command.ts'

const orders = join(root, 'examples', 'orders')
const limit = limiter(2)
const run = (args: readonly string[], options: Parameters<typeof runCommand>[1] = {}) =>
  limit(() => runCommand([...goscope, ...args], { cwd: orders, ...options }))

const cpu = 'go1.26/cpu.pb.gz'
const heap = 'go1.26/heap.pb.gz'

/** File of test/golden/people -> the command lines whose output it holds. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'top.txt': [
    `top ${cpu} --limit 12`,
    `top ${cpu} --limit 12 --width 80`,
    `top ${cpu} --limit 12 --width 120 --flat`,
    `top ${cpu} --limit 5 --width 58`,
    `top ${cpu} --limit 5 --width 40`,
    `top ${cpu} --limit 6 --width 80 --color always`,
    `top ${cpu} --limit 6 --width 80 --by lines --flat`,
    `top ${cpu} --limit 6 --width 100 --by files`,
    `top ${cpu} --limit 4 --width 80 --by addresses --flat`,
    `top ${cpu} --limit 5 --width 80 --focus validSKU --hide ^runtime`,
    `top ${cpu} --limit 5 --width 80 --tag-focus endpoint=search --tag-root endpoint`,
    `top ${cpu} go1.21/cpu.pb.gz --limit 4 --width 80 --unit ms`,
    `top ${heap} --limit 6 --width 80 --sample-type alloc_space`,
    `top go1.26/heap-t2.pb.gz --base go1.26/heap-t1.pb.gz --limit 6 --width 80 --flat --color always`,
    `top go1.26/heap-t2.pb.gz --diff-base go1.26/heap-t1.pb.gz --limit 6 --width 80`,
    `top go1.26/heap.debug1.txt.gz --limit 6 --width 80`,
    `top go1.26/goroutine.pb.gz --limit 0 --focus main\\. --width 100`,
    `top ${cpu} --json --limit 2`,
  ],
  'calls.txt': [
    `tree ${cpu} --limit 2`,
    `tree ${cpu} --limit 3 --width 80 --flat`,
    `peek main.validSKU ${cpu} --width 80`,
    `peek runtime.mallocgc$ ${cpu} --width 100 --color always`,
    `peek validSKU ${cpu} --by lines --width 100`,
    `peek validSKU ${cpu} --json`,
  ],
  'traces.txt': [
    `traces ${cpu} --limit 2`,
    `traces ${cpu} --limit 2 --width 60 --focus nearest`,
    `traces ${cpu} --limit 1 --width 80 --color always`,
    `traces go1.26/mutex.debug1.txt --limit 2 --width 80`,
    `traces ${heap} --limit 1 --json`,
  ],
  'tags.txt': [
    `tags ${cpu} --width 80`,
    `tags ${cpu} --width 80 --color always --focus json`,
    `tags ${heap} --limit 4`,
    `tags go1.26/block.pb.gz --width 80`,
    `tags ${cpu} --json`,
  ],
  'info.txt': [
    `info ${cpu} --width 100`,
    `info ${heap} --width 80 --color always`,
    `info go1.26/mutex.debug1.txt go1.26/threadcreate.pb.gz go1.26/block.pb.gz`,
    `info go1.21/heap.pb.gz --json`,
  ],
  'help.txt': ['help', 'help top', 'peek --help --width 80', 'help info', 'completion bash'],
}

const escapes = new RegExp(String.fromCharCode(27), 'g')

describeRecorded(join(root, 'test', 'golden', 'people'), cases, run)

describe('never wider than the terminal', () => {
  const views = ['top', 'tree', 'traces', 'tags', 'info', 'peek json']
  for (const width of [40, 75, 120])
    for (const view of views)
      test.concurrent(`${view} in ${width}`, async () => {
        const { stdout } = await run([...view.split(' '), cpu, '--width', String(width)])
        const wide = stdout
          .toString()
          .split('\n')
          .filter((l) => cellWidth(l) > width)
        expect(wide).toEqual([])
      })
})

describe('without UTF-8', () => {
  test.concurrent.each(['top', 'tree', 'traces', 'tags', 'info'])('%s', async (view) => {
    const { stdout } = await run(
      [view, cpu, '--width', '80', '--limit', '3'].slice(0, view === 'info' ? 4 : 6),
      {
        env: { LC_ALL: 'C' },
      },
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    expect(stdout.toString()).toMatch(/^[\x00-\x7f]+$/)
  })
})

describe('into a pipe', () => {
  test('whole names, the same columns in every row, no escapes', async () => {
    const text = (await run(['top', cpu, '--limit', '0'])).stdout.toString()
    expect(text).not.toMatch(escapes)
    expect(text).toContain('main.mapOf[go.shape.struct { SKU string "json:\\"sku\\""; Quantity int')
    const rows = text.split('\n').slice(2, 600)
    for (const row of rows) expect(row).toMatch(/^ *[^ ]+ +[^ ]+% +[^ ]+ +[^ ]+% {2}[^ ]/)
  })
})

const JSON_VIEWS = ['top', 'tree', 'peek main', 'traces', 'tags', 'info']

describe('--json', () => {
  test.concurrent.each(JSON_VIEWS)('%s', async (view) => {
    const [name = ''] = view.split(' ')
    const result = await run([...view.split(' '), cpu, '--json'])
    const doc = JSON.parse(result.stdout.toString())
    expect(doc.schema).toBe(`goscope.${name}/1`)
    if (name !== 'info') expect(doc).toMatchObject({ total: 9_760_000_000, sampleType: { type: 'cpu' } })
  })

  test('says what the limit left out; without a limit there is none', async () => {
    const all = JSON.parse((await run(['top', cpu, '--json'])).stdout.toString())
    const some = JSON.parse((await run(['top', cpu, '--json', '--limit', '3'])).stdout.toString())
    expect(all.rows).toHaveLength(all.count)
    expect(some).toMatchObject({ count: all.count, shown: 3 })
    expect(some.rows).toEqual(all.rows.slice(0, 3))
  })

  test('integers beyond 2^53 are strings of digits, exact', async () => {
    const doc = JSON.parse((await run(['top', '-', '--json'], { stdin: huge() })).stdout.toString())
    expect(doc.total).toBe('9223372036854775807')
    expect(doc.rows[0]).toMatchObject({ name: 'main.\ufffd', self: '9223372036854775807' })
  })
})

function made(types: readonly string[], fill: (b: ProfileBuilder) => void): Uint8Array {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map((t) => ({ type: t.split('/')[0] ?? '', unit: t.split('/')[1] ?? '' }))
  fill(b)
  return Buffer.concat([...encodeProfile(b.done())])
}

const huge = (): Uint8Array =>
  made(['space/bytes'], (b) => {
    b.addSample([b.addLocation({ lines: [{ fn: b.addFunction('main.\udcff') }] })], [2n ** 63n - 1n])
  })

describe('profiles with nothing to show say why', () => {
  test('no samples', async () => {
    const stdin = made(['samples/count', 'cpu/nanoseconds'], () => undefined)
    const result = await run(['top', '-'], { stdin })
    expect(result.exit).toBe(0)
    expect(result.stderr).toContain('the profile has no samples: profile for longer and under load')
  })
  test('nothing in use', async () => {
    const stdin = made(['alloc_space/bytes', 'inuse_space/bytes'], (b) => {
      b.addSample([b.addLocation({ lines: [{ fn: b.addFunction('main.f') }] })], [100, 0])
    })
    const result = await run(['top', '-'], { stdin })
    expect(result.stderr).toMatch(/all values of inuse_space are 0.*; --sample-type alloc_space shows/)
    expect((await run(['info', '-'], { stdin })).stdout.toString()).toContain('still in use')
  })
  test('no difference', async () => {
    const result = await run(['top', cpu, '--base', cpu])
    expect([result.exit, result.stderr]).toEqual([0, 'goscope top: no difference\n'])
  })
})

describe('names that are hostile to a terminal are shown, not obeyed', () => {
  const stdin = made(['a/count'], (b) => {
    const fn = b.addFunction('main.\u001b[2Jx\u202ey\nz', { filename: 'a\rb.go' })
    b.addSample([b.addLocation({ lines: [{ fn, line: 3 }] })], [5], [{ key: 'k\u001b', text: 'v\u0007' }])
    b.comments = ['c\u001b]0;title\u0007']
  })
  test.concurrent.each([
    'top',
    'top --by lines',
    'tree',
    'traces',
    'tags',
    'info',
    'peek main',
  ])('%s', async (view) => {
    const [name = '', ...rest] = view.split(' ')
    const { stdout, exit } = await run([name, ...rest, '-', '--width', '80'], { stdin })
    expect(exit).toBe(0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(stdout.toString()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/)
  })
})

describe('errors name the file, the place and the next step, in one line', () => {
  const wrong: [string[], string][] = [
    [['topp'], 'did you mean top?'],
    [['top', 'go1.26/cp.pb.gz'], 'did you mean go1.26/cpu.pb.gz?'],
    [['top', 'go1.26'], 'is a folder'],
    [['top', '--type', 'foo', cpu], 'must be one of samples, cpu'],
    [['top', cpu, heap], 'they have no sample type in common'],
    [['top', '-', '-'], 'only once'],
    [['peek', cpu], 'which functions?'],
    [['peek', 'handleQuoet', cpu], 'near to it: main.(*Shop).handleQuote'],
    [['help', 'topp'], 'did you mean top?'],
    [['completion', 'csh'], 'bash|zsh|fish'],
  ]
  test.concurrent.each(wrong)('goscope %j', async (args, part) => {
    const result = await run(args)
    expect(result.stderr).toContain(part)
    expect(result.stderr.trim().split('\n')).toHaveLength(1)
    expect([result.exit, result.stdout.toString()]).toEqual([2, ''])
  })

  test('damage is named with its place', async () => {
    const whole = gunzipSync(readFileSync(join(orders, cpu)))
    const cut = await run(['top', '-'], { stdin: whole.subarray(0, 30_000) })
    expect(cut.stderr).toMatch(/^goscope top: standard input: .* \(at byte \d+\)/)
    const packed = gzipSync(whole)
    const short = await run(['top', '-'], { stdin: packed.subarray(0, 20_000) })
    expect(short.stderr).toMatch(/gzip data ends early after \d+ unpacked bytes; copy or fetch it again/)
    expect([cut.exit, short.exit]).toEqual([2, 2])
  })

  test('info shows the others when one source is broken', async () => {
    const result = await run(['info', 'main.go', heap])
    expect(result.exit).toBe(2)
    expect(result.stderr).toContain('main.go: nothing that goscope reads')
    expect(result.stdout.toString()).toContain('heap profile')
  })

  test('a filter that matches nothing says what may have been meant', async () => {
    const result = await run(['top', '--focus', 'validSku', cpu])
    expect([result.exit, result.stderr]).toEqual([
      0,
      'goscope top: --focus validSku matches nothing; near to it: main.validSKU\n',
    ])
  })
})

describe('completion', () => {
  const propose = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await run(['completion', 'propose', ...words])
    return stdout
      .toString()
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => l.split('\t')[0] ?? '')
  }
  test('commands, flags, values; files are left to the shell', async () => {
    expect(await propose('tre')).toEqual(['tree'])
    expect(await propose('top', '--tag-')).toEqual([
      '--tag-focus',
      '--tag-ignore',
      '--tag-root',
      '--tag-leaf',
    ])
    expect(await propose('top', '--color', 'a')).toEqual(['auto', 'always'])
    expect(await propose('top', 'cpu')).toEqual([])
    expect(await propose('help', 'pe')).toEqual(['peek'])
    expect(await propose('doctor', '--fail-on', '')).toEqual(['critical', 'warning', 'info'])
    expect(await propose('gc', '--pro')).toEqual(['--process'])
  })
  test('commands below a command, and their flags', async () => {
    expect(await propose('trace', 'su')).toEqual(['summary'])
    expect(await propose('trace', 'help', 'fa')).toEqual(['facts'])
    expect(await propose('trace', 'summary', '--limi')).toEqual(['--limit'])
    expect(await propose('trace', 'summary', 'tr')).toEqual([])
  })
})
