// Every line of cases.txt against what `go tool pprof` printed for it. Needs the built
// program (npm run build) but no Go: the expected outputs lie in expected/.
import { describe, expect, test } from 'vitest'
import { readCases, readExpected, runCase } from '../kit/golden-cases.ts'
import { goscope, limiter } from '../kit/run-command.ts'

const cases = readCases()
const recorded = readExpected()
const limit = limiter(2)

describe('goscope pprof prints what go tool pprof prints', () => {
  for (const golden of cases)
    test.concurrent(golden.line, async () => {
      const want = recorded.get(golden.line)
      if (!want) throw new Error('no expected output: run `node tools/record-golden.mjs` (needs Go 1.26.8)')
      const got = await limit(() => runCase([...goscope, 'pprof'], golden))
      expect({ stdout: got.stdout, exit: got.exit }).toEqual({ stdout: want.stdout, exit: want.exit })
      expect(got.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
      if (want.exit !== 0) expect(got.stderr.trim()).not.toBe('')
    })
})

test('every recorded output belongs to a case', () => {
  const lines = new Set(cases.map((c) => c.line))
  expect([...recorded.keys()].filter((line) => !lines.has(line))).toEqual([])
})
