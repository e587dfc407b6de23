import { readdirSync } from 'node:fs'
import { labelKeys } from '../../../core/analysis/labels.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { type CompletionSource, completeShellLine } from '../../../core/reports/shell-complete.ts'
import { shellShortcuts } from '../../../core/reports/shell-line.ts'

/** Completes lines of the shell, in the form that node:readline wants. */
export function shellCompleter(p: Profile): (line: string) => [candidates: string[], typed: string] {
  let functions: string[] | undefined
  const source: CompletionSource = {
    shortcuts: shellShortcuts(p),
    sampleTypes: p.sampleTypes.map((t) => t.type),
    functions: () => {
      functions ??= functionNames(p)
      return functions
    },
    labelKeys: () => [...labelKeys(p)].map((key) => p.strings.get(key)).sort(),
    files: pathsFrom,
  }
  return (line) => {
    const { candidates, typed } = completeShellLine(line, source)
    return [[...candidates], typed]
  }
}

function functionNames(p: Profile): string[] {
  const ids = new Set(p.functions.name.subarray(1, p.functions.count + 1))
  ids.delete(0)
  return [...ids].map((id) => p.strings.get(id)).sort()
}

/** Files and folders whose path begins with `start`; hidden ones only if asked for, and none that a line cannot hold. */
function pathsFrom(start: string): string[] {
  const cut = start.lastIndexOf('/') + 1
  const folder = start.slice(0, cut)
  const name = start.slice(cut)
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter((e) => e.name.startsWith(name) && (name !== '' || !e.name.startsWith('.')))
      .filter((e) => !/[\s\p{Cc}\p{Cf}\ufffd]/u.test(e.name))
      .map((e) => `${folder}${e.name}${e.isDirectory() ? '/' : ''}`)
      .sort()
  } catch {
    return []
  }
}
