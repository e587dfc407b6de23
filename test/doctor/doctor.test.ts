// What the doctor says of real captures (see README.md): every planted cause with its function, and nothing else.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Capture } from '../../src/core/doctor/capture.ts'
import { diagnose, functionOfClosure } from '../../src/core/doctor/diagnose.ts'
import type { Finding } from '../../src/core/doctor/finding.ts'
import { RULES } from '../../src/core/doctor/index.ts'
import { readCapture } from '../../src/node/capture/read-capture.ts'

interface Program {
  readonly name: string
  readonly causes: readonly string[]
  readonly culprit: readonly string[]
  readonly healthy: boolean
  readonly alsoAcceptable: readonly string[]
  readonly captures: readonly string[]
  readonly fixedCaptures: readonly string[]
  /** What is true of the repaired program as well. */
  readonly fixedAcceptable?: readonly string[]
}

const here = fileURLToPath(new URL('.', import.meta.url))
const { scenarios } = JSON.parse(readFileSync(join(here, 'truth.json'), 'utf8')) as {
  readonly scenarios: readonly Program[]
}

/** Findings above info. */
async function loud(program: string, capture: string): Promise<readonly Finding[]> {
  const parts = await readCapture([join(here, 'captures', program, capture)])
  expect(parts.sources.filter((s) => s.kind === 'unknown')).toEqual([])
  return diagnose(new Capture(parts), RULES).findings.filter((f) => f.severity !== 'info')
}

describe.each(scenarios)('$name', (program) => {
  const culprits = new Set(program.culprit.map(functionOfClosure))

  test.each(program.captures)('%s', async (capture) => {
    const findings = await loud(program.name, capture)
    for (const cause of program.healthy ? [] : program.causes) {
      const named = findings.filter((f) => f.cause === cause).flatMap((f) => f.culprits)
      expect(named.map(functionOfClosure), cause).toSatisfy((names: string[]) =>
        names.some((n) => culprits.has(n)),
      )
    }
    const accepted = program.healthy ? [] : [...program.causes, ...program.alsoAcceptable]
    expect(findings.map((f) => f.cause).filter((cause) => !accepted.includes(cause))).toEqual([])
  })

  test.each(program.fixedCaptures)('%s', async (capture) => {
    const findings = await loud(program.name, capture)
    const accepted = program.fixedAcceptable ?? []
    expect(findings.map((f) => f.cause).filter((cause) => !accepted.includes(cause))).toEqual([])
  })
})

test('all captures of the list are there', () => {
  const missing = scenarios.flatMap((s) =>
    [...s.captures, ...s.fixedCaptures].filter((c) => !existsSync(join(here, 'captures', s.name, c))),
  )
  expect(missing).toEqual([])
})
