// Profiles that browsers should not stumble over, as files.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import { type Label, ProfileBuilder } from '../../src/core/model/profile-builder.ts'

/** Names that try to be something else on a page, a terminal, or an eye. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror="window.hacked=1">',
  '</script><script>window.hacked=2</script>',
  '<b>main</b>.run&amp;&lt;',
  "main.it's'+(window.hacked=3)+'",
  '\u001b[31mred\u001b]0;title\u0007',
  'main.\u202egnp.exe\u2066hidden\u200b',
  'main.line\nbreak\ttab\0nul',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  `main.${'long'.repeat(256 * 1024)}`,
  `${'deep/'.repeat(300)}pkg.(*T[example.com/${'x'.repeat(300)}]).Method.func1`,
  'main.naïve.日本語.😀',
]

const folder = (): string => mkdtempSync(join(tmpdir(), 'goscope-profiles-'))

function write(b: ProfileBuilder, name: string): string {
  const path = join(folder(), name)
  writeFileSync(path, Buffer.concat([...encodeProfile(b.done())]))
  return path
}

interface Stack {
  /** From the root. */
  readonly frames: readonly string[]
  readonly value: number
  readonly labels?: readonly Label[]
}

/** A profile of CPU time (ns) with these stacks; returns the file. */
export function profileFile(
  name: string,
  stacks: readonly Stack[],
  comments: readonly string[] = [],
): string {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ]
  b.periodType = { type: 'cpu', unit: 'nanoseconds' }
  b.period = 10_000_000
  b.durationNanos = 2_000_000_000
  b.comments = [...comments]
  const locations = new Map<string, number>()
  const location = (fn: string): number => {
    let at = locations.get(fn)
    if (at === undefined) {
      at = b.addLocation({
        lines: [{ fn: b.addFunction(fn, { filename: `${fn.slice(0, 60)}.go` }), line: 7 }],
      })
      locations.set(fn, at)
    }
    return at
  }
  for (const s of stacks)
    b.addSample(
      [...s.frames].reverse().map(location),
      [Math.sign(s.value), s.value * 10_000_000],
      [...(s.labels ?? [])],
    )
  return write(b, name)
}

/** Every hostile name as a function, a file, a label's key and value, and a comment. */
export function hostileFile(): string {
  return profileFile(
    'hostile.pb',
    HOSTILE_NAMES.map((name, i) => ({
      frames: ['main.main', name, HOSTILE_NAMES[(i + 1) % HOSTILE_NAMES.length]!],
      value: i + 1,
      labels: [{ key: name.slice(0, 2000), text: name }],
    })),
    HOSTILE_NAMES,
  )
}

/** As many functions as wanted, each with one sample. */
export function manyFunctionsFile(count: number): string {
  return profileFile(
    'many.pb',
    Array.from({ length: count }, (_, i) => ({
      frames: ['main.main', `main.fn${String(i).padStart(7, '0')}`],
      value: (i % 1000) + 1,
    })),
  )
}
