// `goscope watch --web`: the live numbers in the workbench, until interrupted.

import { LiveFeed } from '../../server/live-feed.ts'
import { LiveSite, type Take } from '../../server/live-site.ts'
import { openBrowser } from '../../server/open-browser.ts'
import { startServer } from '../../server/server.ts'
import type { WatchedTarget } from '../../watch/watched-target.ts'
import { packageVersion } from './package-version.ts'

export interface WatchWebOptions {
  readonly targets: readonly WatchedTarget[]
  readonly intervalMs: number
  /** 0 for any free one. */
  readonly port: number
  readonly noBrowser: boolean
  readonly take: (target: number, what: Take) => Promise<string>
}

export interface WatchWeb {
  /** Hands a beat on: all targets were looked at. */
  beat(): void
  close(): Promise<void>
}

/** Starts to serve, prints the address, and opens a browser. Throws UserError. */
export async function startWatchWeb(o: WatchWebOptions): Promise<WatchWeb> {
  const feed = new LiveFeed(o.intervalMs)
  const site = new LiveSite({ version: packageVersion(), feed, targets: o.targets.length, take: o.take })
  const warn = (text: string): void => void process.stderr.write(`${text}\n`)
  const server = await startServer(site, { host: '127.0.0.1', port: o.port }, warn)
  process.stdout.write(`${server.url}\n`)
  if (!o.noBrowser) await openBrowser(server.url, warn)
  return {
    beat: () =>
      feed.add(
        o.targets.map((t) => t.facts),
        o.targets.map((t) => t.latest!),
      ),
    close: () => server.close(),
  }
}
