// What `goscope open` serves for the sources of its command line.

import { existsSync, statSync } from 'node:fs'
import { filesOf } from '../capture/files-of.ts'
import { readAll } from '../read-bytes.ts'
import type { ServedSource } from './workbench-site.ts'

/**
 * Files as they are, the files of folders, and the content of standard input and of addresses, which is fetched once.
 * Throws UserError for what is not there.
 */
export async function servedSources(args: readonly string[]): Promise<ServedSource[]> {
  const sources: ServedSource[] = []
  for (const source of args)
    if (source === '-' || (/^(https?(\+insecure)?|unix):/.test(source) && !existsSync(source))) {
      const content = await readAll(source)
      sources.push({ name: source === '-' ? 'stdin' : source, bytes: content.length, content })
    } else
      for (const { path, name } of filesOf([source], args.length > 1))
        sources.push({ name, bytes: statSync(path).size, content: { file: path } })
  return sources
}
