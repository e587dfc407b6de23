import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { showFile, viewerCommands } from './viewer.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-viewer-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the programs', () => {
  const names = (env: Record<string, string>, platform = 'linux') =>
    viewerCommands('browser', env, platform).map((c) => c.join(' '))

  test('for a page are the browsers, the desktop opener last and only with a display', () => {
    const browsers = ['chrome', 'google-chrome', 'chromium', 'firefox', 'sensible-browser']
    expect(names({})).toEqual(browsers)
    expect(names({ DISPLAY: ':0' })).toEqual([...browsers, 'xdg-open'])
    expect(names({}, 'darwin')).toEqual(['/usr/bin/open'])
    expect(names({}, 'win32')).toEqual(['rundll32 url.dll,FileProtocolHandler'])
  })

  test('begin with $BROWSER, with its arguments', () => {
    expect(viewerCommands('browser', { BROWSER: ' fire  --new-tab ' }, 'darwin')).toEqual([
      ['fire', '--new-tab'],
      ['/usr/bin/open'],
    ])
    expect(names({ BROWSER: '' })[0]).toBe('chrome')
  })

  test('in $BROWSER may have a path with blanks', () => {
    const path = join(folder, 'my browser')
    writeFileSync(path, '')
    expect(viewerCommands('browser', { BROWSER: path }, 'darwin')[0]).toEqual([path])
  })

  test('for the others are fixed', () => {
    expect(viewerCommands('gv', {}, 'linux')).toEqual([['gv', '--noantialias']])
    for (const name of ['eog', 'evince', 'kcachegrind'] as const)
      expect(viewerCommands(name, { BROWSER: 'x' }, 'linux')).toEqual([[name]])
  })
})

describe.skipIf(process.platform === 'win32')('showing', () => {
  const program = (name: string, script: string): string => {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    return path
  }
  const bytes = new TextEncoder().encode('<svg/>')

  test('runs the first program that is there, on a private file that is removed afterwards', async () => {
    const seen = join(folder, 'seen')
    const browser = program(
      'browser',
      `stat -c %a "$2" > '${seen}'; cat "$2" >> '${seen}'; echo "$@" >> '${seen}'`,
    )
    const env = { PATH: process.env.PATH, BROWSER: `${browser} --new` }
    const shown = await showFile(bytes, 'svg', 'browser', { env, platform: 'linux' })
    await shown.untilClosed()
    const [mode, rest] = readFileSync(seen, 'utf8').split('\n')
    expect(mode).toBe('600')
    expect(rest).toMatch(/^<svg\/>--new \S+pprof001\.svg$/)
    const path = rest!.split(' ')[1]!
    expect(existsSync(path)).toBe(true)
    shown.remove()
    expect(existsSync(path)).toBe(false)
  })

  test('has no shell that would obey what is in $BROWSER', async () => {
    const marker = join(folder, 'obeyed')
    const env = { PATH: folder, BROWSER: `nothing;touch ${marker}` }
    await expect(showFile(bytes, 'svg', 'browser', { env, platform: 'linux' })).rejects.toThrow(
      /^no browser found \(tried nothing;touch, chrome, google-chrome, chromium, firefox, sensible-browser\): name one in \$BROWSER/,
    )
    expect(existsSync(marker)).toBe(false)
  })

  test('goes on to the next program when one is not there or cannot be run', async () => {
    const seen = join(folder, 'second')
    program('chrome', '')
    chmodSync(join(folder, 'chrome'), 0o644)
    program('google-chrome', `/bin/echo "$@" > '${seen}'`)
    const env = { PATH: folder, BROWSER: join(folder, 'absent') }
    const shown = await showFile(bytes, 'svg', 'browser', { env, platform: 'linux' })
    await shown.untilClosed()
    shown.remove()
    expect(readFileSync(seen, 'utf8')).toMatch(/pprof001\.svg\n$/)
  })

  test('says so when the program fails or none is there', async () => {
    program('eog', 'exit 3')
    const failing = await showFile(bytes, 'svg', 'eog', { env: { PATH: folder } })
    await expect(failing.untilClosed()).rejects.toThrow('eog failed: exit status 3')
    failing.remove()
    await expect(showFile(bytes, 'pdf', 'evince', { env: { PATH: folder } })).rejects.toThrow(
      'evince is not installed; save the output with -output=FILE',
    )
  })
})
