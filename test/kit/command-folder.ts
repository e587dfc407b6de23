import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'

export interface CommandFolder {
  /** The folder of the test that runs. */
  readonly path: string
  /** What that test has written to standard error. */
  readonly stderr: string
  /** The path of a file in the folder. */
  readonly at: (name: string) => string
}

/** Gives each test of a file that calls commands in this process a folder of its own, and takes its standard error. */
export function commandFolder(): CommandFolder {
  let path = ''
  let stderr = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'goscope-test-'))
    stderr = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text
      return true
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    rmSync(path, { recursive: true, force: true })
  })
  return {
    get path() {
      return path
    },
    get stderr() {
      return stderr
    },
    at: (name) => join(path, name),
  }
}
