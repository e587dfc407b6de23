// `goscope pprof -http`: serves the pages of a profile until the user has had enough.

import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import type { Binaries } from '../../binaries.ts'
import { untilInterrupted } from '../../server/interrupted.ts'
import { openBrowser } from '../../server/open-browser.ts'
import { PprofUi } from '../../server/pprof-ui.ts'
import { settingsPath } from '../../server/saved-configs.ts'
import { loopbackAddresses, parseHostPort, startServer } from '../../server/server.ts'
import { packageVersion } from '../people/package-version.ts'

export interface HttpOptions {
  /** Value of -http. */
  readonly address: string
  readonly noBrowser: boolean
  readonly profile: Profile
  readonly config: Config
  readonly binaries: Binaries
  readonly warn: (text: string) => void
}

/** Refuses a wrong value of -http before time goes into loading a profile. Throws UserError. */
export async function checkHttp(address: string): Promise<void> {
  await loopbackAddresses(parseHostPort(address).host)
}

/** Serves until SIGINT or SIGTERM; returns the exit status. Throws UserError. */
export async function runHttp(o: HttpOptions): Promise<number> {
  const { profile, config, binaries, warn } = o
  const ui = new PprofUi({
    profile,
    config,
    binaries,
    settings: settingsPath(process.env, process.platform),
    version: packageVersion(),
    warn,
  })
  const server = await startServer(ui, parseHostPort(o.address), warn)
  const ended = untilInterrupted()
  warn(`Serving web UI on ${server.url}`)
  if (!o.noBrowser) await openBrowser(server.url, warn)
  await ended
  await server.close()
  return 0
}
