import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { UserError } from '../../../core/base/errors.ts'
import { utc } from '../../../core/base/go-time.ts'
import { prepareReport } from '../../../core/engine/run-report.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { type Config, defaultConfig } from '../../../core/reports/config.ts'
import { TextSink } from '../../../core/reports/report.ts'
import { runShell } from './shell.ts'

const example = profileFrom(
  `
  main    main
  work    idle
  = 1 30  = 1 10`,
  ['samples/count', 'cpu/milliseconds'],
)

/** Runs a script; gives what was said (errors marked) and the reports that were made. */
async function run(
  script: string,
  o: { interactive?: boolean; config?: Partial<Config>; profile?: Profile } = {},
) {
  const { profile = example } = o
  const lines = script.split('\n')
  const said: string[] = []
  const reports: string[] = []
  const status = await runShell({
    profile,
    config: { ...defaultConfig(), ...o.config },
    zones: utc,
    messages: { say: (text) => said.push(text), error: (text) => said.push(`! ${text}`) },
    input: {
      interactive: o.interactive ?? false,
      readLine: async () => lines.shift(),
      discard: () => undefined,
      close: () => said.push('closed'),
    },
    run: async (command, config, x) => {
      if (config.output !== '') throw new UserError(`open ${config.output}: no`)
      const sink = new TextSink()
      const write = await command.kind.load()
      x.guard(() => write(prepareReport(profile, command, config, { zones: utc, warn: x.warn }), sink))
      x.remark?.('advice')
      reports.push(sink.toString())
    },
  })
  return { status, said, reports }
}

const WELCOME = 'Entering interactive mode (type "help" for commands, "o" for options)'

test('greets with what the profile is, whatever the options filter', async () => {
  const { said, status } = await run('', { config: { focus: 'nosuch', tagRoot: 'k' } })
  expect(said).toEqual(['Type: cpu', WELCOME, 'closed'])
  expect(status).toBe(0)
  expect((await run('', { config: { divideBy: 0 } })).said).toEqual([WELCOME, 'closed'])
})

test('says when there is nothing in the default sample type', async () => {
  const empty = profileFrom('main\n= 1 0', ['samples/count', 'cpu/milliseconds'])
  expect((await run('', { profile: empty })).said).toEqual([
    'Type: cpu',
    'No samples were found with the default sample value type.',
    'Try "sample_index" command to analyze different sample values.',
    WELCOME,
    'closed',
  ])
  const one = profileFrom('main\n= 0', ['cpu/milliseconds'])
  expect((await run('', { profile: one })).said).toEqual(['Type: cpu', WELCOME, 'closed'])
})

test('what a command sets is for this command, what is assigned stays', async () => {
  const { reports, said } = await run('top work\ntop\nfocus=idle\ntop1\n:\ntop -cum')
  expect(said).toEqual(['Type: cpu', WELCOME, 'closed'])
  expect(reports[0]).toContain('work')
  expect(reports[0]).not.toContain('idle')
  expect(reports[1]).toMatch(/work\n.*idle/)
  expect(reports[2]).toContain('idle')
  expect(reports[2]).not.toContain('work')
  expect(reports[3]).toMatch(/cum%\n.* 100% +main\n/)
})

test('headers are short unless that is taken back', async () => {
  const { reports } = await run('top\ncompact_labels=false\ntop')
  expect(reports[0]).not.toContain('Type: cpu')
  expect(reports[1]).toContain('Type: cpu')
})

test('sample types are commands', async () => {
  const { reports, said } = await run('samples\ntop\nmean_cpu\no')
  expect(reports[0]).toContain('2 total')
  expect(said[2]).toMatch(/mean +=\s+true/)
  expect(said[2]).toMatch(/sample_index +=\s+cpu/)
})

test('errors are said and do not end it; quit does', async () => {
  const { reports, said } = await run('foo\nfocus\ntop (\ntop > /x\nhelp nosuch\ntop\nquit\ntop')
  expect(said.slice(2)).toEqual([
    '! unrecognized command: "foo"',
    '! please specify a value, e.g. focus=<val>',
    '! parsing focus regexp: error parsing regexp: missing closing ): `(`',
    '! open /x: no',
    '! Unknown command: nosuch',
    'closed',
  ])
  expect(reports).toHaveLength(1)
})

test('a defect is not hidden, and the input is closed', async () => {
  let closed = false
  const broken = runShell({
    profile: example,
    config: defaultConfig(),
    zones: utc,
    messages: { say: () => undefined, error: () => undefined },
    input: {
      interactive: false,
      readLine: async () => 'top',
      discard: () => undefined,
      close: () => {
        closed = true
      },
    },
    run: async () => {
      throw new TypeError('defect')
    },
  })
  await expect(broken).rejects.toThrow('defect')
  expect(closed).toBe(true)
})

describe('with a person at the terminal', () => {
  test('proposes commands and options, gives advice, and takes a choice alone', async () => {
    const { said, reports } = await run('tpo\nfocsu=x\nzzz\nlines\ntop', { interactive: true })
    expect(said.slice(2, -1)).toEqual([
      '! unrecognized command: "tpo"; did you mean top?',
      '! unrecognized command: "focsu=x"; did you mean focus=?',
      '! unrecognized command: "zzz"; type "help" for commands',
      'advice',
    ])
    expect(reports).toHaveLength(1)
  })
})
