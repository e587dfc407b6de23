// `goscope pprof -http`: serves the pages of a profile until the user has had enough.

import { UserError } from '../../../core/base/errors.ts'
import type { ZoneLookup } from '../../../core/base/go-time.ts'
import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import type { BinaryFiles } from '../../binary-file.ts'
import { showFile } from '../../render/viewer.ts'
import { settingsPath } from '../../server/pages/saved-configs.ts'
import { PprofUi } from '../../server/pprof-ui.ts'
import { loopbackAddresses, parseHostPort, startServer } from '../../server/server.ts'
import { packageVersion } from '../people/package-version.ts'

export interface HttpOptions {
  /** Value of -http. */
  readonly address: string
  readonly noBrowser: boolean
  readonly profile: Profile
  readonly config: Config
  readonly binaries: BinaryFiles
  readonly zones: ZoneLookup
  /** Whether the profile is a difference to a base. */
  readonly difference: boolean
  readonly warn: (text: string) => void
}

/** Refuses a wrong value of -http before time goes into loading a profile. Throws UserError. */
export async function checkHttp(address: string): Promise<void> {
  await loopbackAddresses(parseHostPort(address).host)
}

/** Serves until SIGINT or SIGTERM; returns the exit status. Throws UserError. */
export async function runHttp(o: HttpOptions): Promise<number> {
  const { profile, config, binaries, zones, difference, warn } = o
  const ui = new PprofUi({
    profile,
    config,
    binaries,
    zones,
    difference,
    settings: settingsPath(process.env, process.platform),
    producer: `goscope ${packageVersion()}`,
  })
  const server = await startServer(ui, parseHostPort(o.address), warn)
  const ended = interrupted()
  warn(`Serving web UI on ${server.url}`)
  if (!o.noBrowser) await openBrowser(server.url, warn)
  await ended
  await Promise.all([server.close(), ui.close()])
  return 0
}

/** Ends with the first signal; a second one ends the program in its own way. */
function interrupted(): Promise<void> {
  return new Promise((done) => {
    const stop = (): void => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      done()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/**
 * Opens the user's browser by way of a file that only the user may read: everybody on the machine can see
 * the arguments of a program, and the address has a secret in it.
 */
async function openBrowser(url: string, warn: (text: string) => void): Promise<void> {
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>goscope</title><p><a href="${url}">Open goscope</a></p>\n`
  try {
    const shown = await showFile(new TextEncoder().encode(page), 'html', 'browser')
    // The browser may stay when we end.
    shown.detach()
    shown.untilClosed().then(shown.remove, (e: unknown) => {
      shown.remove()
      warn(`${e instanceof Error ? e.message : String(e)}: open the address above in a browser`)
    })
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    warn('no browser was found: open the address above in one, or name one in $BROWSER')
  }
}
