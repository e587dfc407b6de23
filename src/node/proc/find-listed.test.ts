// The lists of macOS and Windows as their tools print them, with a made executable where a Go program stands.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../../core/base/errors.ts'
import { handmadeElf } from '../../core/binary/handmade-elf.ts'
import { findListed, type RunTool } from './find-listed.ts'

let folder = ''
let program = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goscope-listed-'))
  program = join(folder, 'my server')
  writeFileSync(program, handmadeElf().bytes)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Tools that print these texts; others are not there. */
function tools(texts: Readonly<Record<string, string>>): { readonly run: RunTool; readonly asked: string[] } {
  const asked: string[] = []
  const run: RunTool = (file, args) => {
    asked.push([file, ...args].join(' '))
    return Promise.resolve(texts[file])
  }
  return { run, asked }
}

const o = { probe: false, timeoutMs: 100 }
const uid = process.getuid?.() ?? 0

describe('macOS', () => {
  const ps = (): string => `    1     0     0  22544   5:12.34 10-02:03:04 /sbin/launchd
  412     1    ${uid}  10240   1:02.50    01:30:05 ${program}
  413     1   501   8192   0:00.01       00:05 /Applications/Not Here.app/Contents/MacOS/Not Here
`

  test('tells Go programs by their files, and what they listen on', async () => {
    const { run, asked } = tools({
      ps: ps(),
      lsof: `p412\nf3\nn127.0.0.1:6060\nf5\nn*:8080\np413\nf9\nn[::1]:5000\n`,
    })
    const found = await findListed(o, run, false)
    expect(found).toMatchObject({ looked: 3, forbidden: 0, notes: [] })
    expect(found.processes).toHaveLength(1)
    expect(found.processes[0]).toMatchObject({
      pid: 412,
      parent: 1,
      uid,
      executable: program,
      residentBytes: 10 << 20,
      cpuSeconds: 62.5,
      uptimeSeconds: 5405,
      listeners: [
        { address: '127.0.0.1', port: 6060 },
        { address: '0.0.0.0', port: 8080 },
      ],
    })
    expect(asked[0]).toMatch(/^ps -axww -o /)
  })

  test('only those that were named', async () => {
    const found = await findListed({ ...o, pids: [413] }, tools({ ps: ps() }).run, false)
    expect(found).toMatchObject({ processes: [], looked: 1 })
  })

  test('without ps there is nothing to say', async () => {
    await expect(findListed(o, tools({}).run, false)).rejects.toThrow(UserError)
  })
})

describe('Windows', () => {
  const cim = (): string =>
    `${JSON.stringify([
      { p: 0, pp: 0, x: null, n: 'System Idle Process', w: 8192, k: 1, u: 0, s: '' },
      { p: 4711, pp: 8, x: program, n: 'server.exe', w: 4096, k: 10_000_000, u: 5_000_000, s: '' },
    ])}\r\n`

  test('PowerShell and netstat, IPv6 too, in any language', async () => {
    const { run, asked } = tools({
      'powershell.exe': cim(),
      netstat: `\r\nAktive Verbindungen\r\n
  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:6060         0.0.0.0:0              ABHÖREN         4711
  TCP    [::]:8080              [::]:0                 ABHÖREN         4711
  TCP    127.0.0.1:6060         127.0.0.1:50123        HERGESTELLT     4711
  UDP    0.0.0.0:5353           *:*                                    4711\r\n`,
    })
    const found = await findListed(o, run, true)
    expect(found.processes).toHaveLength(1)
    expect(found.processes[0]).toMatchObject({
      pid: 4711,
      parent: 8,
      cpuSeconds: 1.5,
      residentBytes: 4096,
      listeners: [
        { address: '127.0.0.1', port: 6060 },
        { address: '::', port: 8080 },
      ],
    })
    expect(asked.at(-1)).toBe('netstat -ano')
  })

  test('without PowerShell, tasklist; and what that cannot tell is said', async () => {
    const { run } = tools({ tasklist: '"server.exe","4711","Console","1","12,345 K"\r\n' })
    const found = await findListed(o, run, true)
    expect(found).toMatchObject({ processes: [], looked: 1 })
    expect(found.notes.join()).toMatch(/tasklist names no paths/)
  })

  test('with neither there is nothing to say', async () => {
    await expect(findListed(o, tools({ 'powershell.exe': 'garbage' }).run, true)).rejects.toThrow(
      /neither PowerShell nor tasklist/,
    )
  })
})
