// `goscope version`

import { packageVersion } from '../people/package-version.ts'
import { writeLines } from '../people/write-lines.ts'

/** Runs the command; returns its exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const version = packageVersion()
  const { arch, platform, version: node } = process
  if (args.includes('--json'))
    writeLines([JSON.stringify({ schema: 'goscope.version/1', version, node, platform, arch }, null, 2)])
  else writeLines([`goscope ${version} (Node ${node.slice(1)}, ${platform}/${arch})`])
  return 0
}
