// `goscope open SRC...`: the workbench in the browser.

import { untilInterrupted } from '../../server/interrupted.ts'
import { openBrowser } from '../../server/open-browser.ts'
import { servedSources } from '../../server/served-sources.ts'
import { startServer } from '../../server/server.ts'
import { WorkbenchSite } from '../../server/workbench-site.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { flag, port } from '../people/flag-kinds.ts'
import { packageVersion } from '../people/package-version.ts'

interface OpenFlags {
  noBrowser?: boolean
  port?: number
}

export const spec: CommandSpec<OpenFlags> = {
  name: 'open',
  summary: 'the workbench in the browser',
  args: '[SRC...]',
  flags: {
    noBrowser: flag('only print the address'),
    port: port('port to serve at; 0 or nothing for any free one'),
  },
  groups: [['Serving', ['noBrowser', 'port']]],
  examples: [
    ['goscope open cpu.pb.gz', 'a profile'],
    ['goscope open capture/', 'everything that was captured, with what is wrong'],
    [
      'goscope open --no-browser --port 7777 trace.out',
      'for a browser on the other end of ssh -L 7777:localhost:7777',
    ],
  ],
}

/** Serves until interrupted; returns the exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const sources = await servedSources(args)
  const site = new WorkbenchSite({ version: packageVersion(), sources })
  const warn = (text: string): void => void process.stderr.write(`${text}\n`)
  const server = await startServer(site, { host: '127.0.0.1', port: flags.port ?? 0 }, warn)
  const ended = untilInterrupted()
  process.stdout.write(`${server.url}\n`)
  if (!flags.noBrowser) await openBrowser(server.url, warn)
  await ended
  await server.close()
  return 0
}
