import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { UserError } from '../../../core/base/errors.ts'
import type { ProfileAddress } from '../../source-url.ts'
import { type CommandSpec, parseCommand } from './command.ts'
import { configOf, liveOptions, REPORT_GROUPS, type ReportFlags, reportFlags } from './flags.ts'
import { programOf } from './head.ts'
import { shortName } from './source-names.ts'
import { proposeWithStricli } from './stricli.ts'

const spec: CommandSpec<ReportFlags> = {
  name: 'top',
  summary: 'for a test',
  args: 'SRC...',
  flags: reportFlags,
  aliases: { n: 'limit' },
  groups: REPORT_GROUPS,
  examples: [],
}

const parse = async (...argv: string[]) => {
  const p = await parseCommand(spec, argv)
  const given = Object.entries(p?.flags ?? {}).filter(([, v]) => v !== undefined)
  return { flags: Object.fromEntries(given), args: p?.args }
}
const failure = (...argv: string[]): Promise<string> =>
  parseCommand(spec, argv).then(
    () => '',
    (e) => (e instanceof UserError ? e.message : `defect: ${e}`),
  )

describe('what is typed', () => {
  test('flags and sources in any order', async () => {
    expect(await parse('a', '--cum', 'b', '--limit', '5')).toEqual({
      flags: { cum: true, limit: 5 },
      args: ['a', 'b'],
    })
    expect(await parse('-n', '5', 'a')).toEqual({ flags: { limit: 5 }, args: ['a'] })
    expect(await parse('--limit=all')).toEqual({ flags: { limit: 0 }, args: [] })
  })
  test('- is a source, -- ends the flags', async () => {
    expect(await parse('--cum', '-')).toEqual({ flags: { cum: true }, args: ['-'] })
    expect(await parse('--', '--cum')).toEqual({ flags: {}, args: ['--cum'] })
  })
  test('patterns may be repeated and begin with anything', async () => {
    const { flags } = await parse('--focus=-x', '--focus', 'a b', '--focus', '')
    expect(flags).toEqual({ focus: ['-x', 'a b', ''] })
  })
  test('Go’s habits: one dash, an empty value', async () => {
    expect((await parse('-cum', '-focus=x', '--tag-focus=', '-no_inlines')).flags).toEqual({
      cum: true,
      focus: ['x'],
      tagFocus: '',
      noInlines: true,
    })
  })
})

describe('what is wrong is said in one line', () => {
  test.each([
    [['--focs', 'x'], '--focs; did you mean --focus?'],
    [['-x'], 'there is no flag -x'],
    [['--cum', '--cum'], '--cum is given twice'],
    [['--limit'], '--limit needs a value'],
    [['--limit', 'x'], '--limit x: must be a whole number'],
    [['--limit', '-1'], '--limit -1: must be a whole number'],
    [['--by', 'func'], '--by func: must be one of functions, lines, files, addresses'],
    [['--cum=maybe'], '--cum maybe'],
  ])('%j', async (argv, part) => {
    const message = await failure(...argv)
    expect(message).toContain(part)
    expect(message.split('\n')).toHaveLength(1)
    expect(message).not.toContain('defect')
  })
})

describe('the config', () => {
  test('several patterns are alternatives', () => {
    expect(configOf({ focus: ['a'], hide: ['a|b', 'c'] })).toMatchObject({
      focus: 'a',
      hide: '(?:a|b)|(?:c)',
    })
  })
  test('nothing is trimmed, totals come first', () => {
    expect(configOf({})).toMatchObject({ trim: false, nodeCount: 0, sort: 'cum', granularity: 'functions' })
    expect(configOf({ flat: true }).sort).toBe('flat')
  })
  test('contradictions', () => {
    expect(() => configOf({ flat: true, cum: true })).toThrow(UserError)
    expect(() => configOf({ base: ['a'], diffBase: ['b'] })).toThrow(UserError)
  })
})

test('every flag is in a group of help, or hidden', () => {
  const grouped = new Set(REPORT_GROUPS.flatMap(([, keys]) => keys))
  const hidden = Object.entries(reportFlags).filter(([, f]) => 'hidden' in f && f.hidden === true)
  const all = new Set([...grouped, ...hidden.map(([key]) => key)])
  expect(Object.keys(reportFlags).filter((key) => !all.has(key as keyof ReportFlags))).toEqual([])
})

test('completion of flags and of their values', async () => {
  const words = async (...typed: string[]): Promise<string[]> =>
    (await proposeWithStricli(spec, typed)).map((p) => p.completion)
  expect(await words('--tag-f')).toEqual(['--tag-focus'])
  expect(await words('--by', 'f')).toEqual(['functions', 'files'])
  expect(await words('a.pb.gz', '--color', '')).toEqual(['auto', 'always', 'never'])
})

test('how live sources are fetched', async () => {
  const { flags } = (await parseCommand(spec, ['--seconds', '5', '--tls-ca', 'ca.pem', 'host:6060']))!
  expect(liveOptions(flags)).toEqual({ seconds: 5, tls: { cert: '', key: '', ca: 'ca.pem' } })
  await expect(parseCommand(spec, ['--timeout', '0', 'host:6060'])).rejects.toThrow(UserError)
})

test('a program without a name is called by its source', () => {
  const p = profileFrom('a 1')
  const local = { hostHeader: 'localhost', socketPath: '/run/app.sock' } as ProfileAddress
  const remote = { hostHeader: 'shop:6060' } as ProfileAddress
  expect(programOf(p, shortName('http://shop:6060/debug/pprof/goroutine?debug=1', remote))).toBe('shop:6060')
  expect(programOf(p, shortName('unix:/run/app.sock', local))).toBe('/run/app.sock')
  expect(programOf(p, shortName('logs/cpu.folded', undefined))).toBe('cpu.folded')
  expect(programOf(p, shortName('-', undefined))).toBe('standard input')
})
