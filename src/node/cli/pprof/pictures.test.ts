import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { REPORTS } from '../../../core/reports/index.ts'
import type { Studio } from '../../render/studio.ts'
import { drawReport, showReport, studioFor } from './pictures.ts'
import { writeReport } from './write-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-pictures-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.unstubAllEnvs()
})

/** Draws nothing: gives back what it was asked. */
const studio: Studio = {
  draw: async (dot, format) => ({
    bytes: new TextEncoder().encode(`${format} of ${dot}`),
    remarks: ['too wide'],
  }),
  close: async () => {},
}

describe('a report that is drawn', () => {
  test('gives the picture of its text, and all remarks', async () => {
    const remarks: string[] = []
    const bytes = await drawReport(
      'png',
      (sink) => {
        sink.text('digraph ')
        sink.remark?.('too long')
        sink.text('{}')
      },
      (text) => remarks.push(text),
      studio,
    )
    expect(new TextDecoder().decode(bytes)).toBe('png of digraph {}')
    expect(remarks).toEqual(['too long', 'too wide'])
  })

  test('goes to the file, if one is named, also where it would be shown', async () => {
    const path = join(folder, 'graph.svg')
    const said: string[] = []
    await writeReport(
      REPORTS.web,
      (sink) => sink.text('x'),
      path,
      (text) => said.push(text),
      { studio },
    )
    expect(readFileSync(path, 'utf8')).toBe('page of x')
    expect(said).toEqual(['too wide', `Generating report in ${path}`])
  })

  test('only needs a studio if it is drawn', () => {
    expect(studioFor(REPORTS.dot)).toBeUndefined()
    expect(studioFor(REPORTS.kcachegrind)).toBeUndefined()
  })
})

describe.skipIf(process.platform === 'win32')('a report that is shown', () => {
  test('is a file while the program runs, and none afterwards', async () => {
    const seen = join(folder, 'seen')
    const browser = join(folder, 'browser')
    writeFileSync(browser, `#!/bin/sh\ncat "$1" > '${seen}'; echo "$1" >> '${seen}'\n`)
    chmodSync(browser, 0o755)
    vi.stubEnv('BROWSER', browser)
    await showReport(REPORTS.web, new TextEncoder().encode('<svg/>\n'), false)
    const [content, path] = readFileSync(seen, 'utf8').split('\n')
    expect(content).toBe('<svg/>')
    expect(path).toMatch(/\.svg$/)
    expect(existsSync(path!)).toBe(false)
  })
})
