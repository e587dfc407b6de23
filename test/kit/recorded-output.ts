// Whole outputs of command lines, compared with files that hold them; UPDATE=1 writes those anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunResult } from './run-command.ts'

const escapes = new RegExp(String.fromCharCode(27), 'g')
/** Escapes made visible, so that a recording can be read and compared anywhere. */
const readable = (text: string): string => text.replace(escapes, '␛')

/**
 * Runs every command line of `cases` (file of the folder -> command lines whose output it holds) and compares
 * what it writes. A line that ends in ` # N` ends with status N and may write to standard error, which is
 * recorded, too; others end with 0 and write nothing there.
 */
export function describeRecorded(
  folder: string,
  cases: Readonly<Record<string, readonly string[]>>,
  run: (args: readonly string[]) => Promise<RunResult>,
): void {
  describe('output is as recorded', () => {
    const got = new Map<string, string>()
    for (const [file, lines] of Object.entries(cases)) {
      const path = join(folder, file)
      const recorded = existsSync(path) ? readFileSync(path, 'utf8') : ''
      for (const line of lines)
        test.concurrent(`goscope ${line}`, async () => {
          const [, command = line, status] = /^(.*?)(?: # (\d+))?$/.exec(line) ?? []
          const result = await run(command.split(' '))
          const stderr = status === undefined || result.stderr === '' ? '' : `--- stderr\n${result.stderr}`
          const text = readable(result.stdout.toString() + stderr)
          expect([result.exit, status === undefined ? result.stderr : '']).toEqual([Number(status ?? 0), ''])
          got.set(line, text)
          if (process.env.UPDATE) return
          expect(`=== goscope ${line}\n${text}`).toBe(sectionOf(recorded, line))
        })
    }
    test('every command line was run', () => {
      if (!process.env.UPDATE) return
      mkdirSync(folder, { recursive: true })
      for (const [file, lines] of Object.entries(cases)) {
        // A line that failed records nothing.
        if (!lines.every((l) => got.has(l))) throw new Error(`${file} is left as it was`)
        writeFileSync(join(folder, file), lines.map((l) => `=== goscope ${l}\n${got.get(l)}\n`).join(''))
      }
    })
  })
}

function sectionOf(text: string, line: string): string {
  const start = text.indexOf(`=== goscope ${line}\n`)
  if (start < 0) throw new Error('not recorded: run the test file once more with UPDATE=1')
  const end = text.indexOf('\n=== goscope ', start)
  // Sections are an empty line apart.
  return text.slice(start, end < 0 ? text.length - 1 : end)
}
