import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { historyPath, ShellHistory } from './shell-history.ts'

describe('historyPath', () => {
  test.each<[string, Record<string, string>, string]>([
    ['linux', { XDG_STATE_HOME: '/s' }, '/s/goscope/pprof-history'],
    ['linux', { XDG_STATE_HOME: 'relative' }, '/h/.local/state/goscope/pprof-history'],
    ['darwin', {}, '/h/.local/state/goscope/pprof-history'],
    ['win32', { XDG_STATE_HOME: '/s', LOCALAPPDATA: '/l' }, '/l/goscope/pprof-history'],
  ])('%s %j', (platform, env, expected) => {
    expect(historyPath(env, platform, '/h').replaceAll('\\', '/')).toBe(expected)
  })
})

describe('the file', () => {
  let dir = ''
  let path = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'goscope-history-'))
    path = join(dir, 'state', 'goscope', 'pprof-history')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  test('is made when there is something to keep, for its owner only', () => {
    const first = new ShellHistory(path)
    expect(first.load()).toEqual([])
    for (const line of ['top', 'top', '  ', 'a\x1b[2Jb', 'o', 'top']) first.add(line)
    expect(readFileSync(path, 'utf8')).toBe('top\no\ntop\n')
    if (process.platform !== 'win32') {
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(statSync(join(dir, 'state', 'goscope')).mode & 0o777).toBe(0o700)
    }
    const second = new ShellHistory(path)
    expect(second.load()).toEqual(['top', 'o', 'top'])
    second.add('top')
    expect(readFileSync(path, 'utf8')).toBe('top\no\ntop\n')
  })

  test('is closed to others, and what it holds is not obeyed', () => {
    mkdirSync(join(dir, 'state', 'goscope'), { recursive: true })
    writeFileSync(path, 'ok\n\x1b]0;title\x07\n\nlast\n')
    chmodSync(path, 0o644)
    expect(new ShellHistory(path).load()).toEqual(['last', 'ok'])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is cut when it has grown large', () => {
    mkdirSync(join(dir, 'state', 'goscope'), { recursive: true })
    writeFileSync(path, Array.from({ length: 40_000 }, (_, k) => `line${k}\n`).join(''))
    const lines = new ShellHistory(path).load()
    expect(lines).toHaveLength(1000)
    expect(lines[0]).toBe('line39999')
    expect(statSync(path).size).toBeLessThan(12_000)
    expect(new ShellHistory(path).load()).toEqual(lines)
  })

  test('that cannot be is done without', () => {
    writeFileSync(join(dir, 'state'), '')
    const history = new ShellHistory(path)
    expect(history.load()).toEqual([])
    history.add('top')
    expect(readFileSync(join(dir, 'state'), 'utf8')).toBe('')
  })
})
