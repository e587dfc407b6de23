import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { shellCompleter } from './completion.ts'

const complete = shellCompleter(
  profileFrom(`
    main.main     main.main
    main.work     main.work
    # tenant:x`),
)

test('functions once each, label keys, sample types', () => {
  expect(complete('top main.')).toEqual([['main.main', 'main.work'], 'main.'])
  expect(complete('tagroot=')).toEqual([['tenant'], ''])
  expect(complete('sample_index=')).toEqual([['samples'], ''])
})

test('files behind >, but no hidden ones and none that a line cannot hold', () => {
  const dir = mkdtempSync(join(tmpdir(), 'goscope-complete-'))
  try {
    mkdirSync(join(dir, 'reports'))
    for (const name of ['readme', '.hidden', 'rea d', 're\x1bx']) writeFileSync(join(dir, name), '')
    expect(complete(`top > ${dir}/re`)[0]).toEqual([`${dir}/readme`, `${dir}/reports/`])
    expect(complete(`top >${dir}/.h`)[0]).toEqual([`${dir}/.hidden`])
    expect(complete(`top > ${dir}/nosuch/`)[0]).toEqual([])
  } finally {
    rmSync(dir, { recursive: true })
  }
})
