import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The version in the package.json above this file, wherever the bundler has put it. */
export function packageVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let up = 0; up < 6; up++) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (name === 'goscope') return String(version)
    } catch {
      // Not in this folder: one higher.
    }
    folder = dirname(folder)
  }
  return 'unknown'
}
