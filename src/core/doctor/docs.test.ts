import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { printDoctorDocs } from './docs.ts'
import { RULES } from './index.ts'

const FILE = new URL('../../../docs/doctor.md', import.meta.url)

test('docs/doctor.md is what the rules say', () => {
  const text = printDoctorDocs(RULES)
  if (process.env.UPDATE === '1') writeFileSync(FILE, text)
  expect(readFileSync(FILE, 'utf8')).toBe(text)
})

test('rules have ids of their own, docs and thresholds', () => {
  expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length)
  for (const r of RULES) {
    expect(r.docs.length, r.id).toBeGreaterThan(60)
    expect(Object.keys(r.thresholds).length, r.id).toBeGreaterThan(0)
    const known = new Set(RULES.map((other) => other.id))
    for (const id of [...(r.explains?.always ?? []), ...(r.explains?.sameCulprit ?? [])])
      expect(known, `${r.id} explains ${id}`).toContain(id)
  }
})
