import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the tests use of playwright-core; it may not be installed, so its own types cannot be named. */
export interface Page {
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  goBack(): Promise<unknown>
  url(): string
  on(event: string, take: (x: never) => void): void
  evaluate<T>(fn: string): Promise<T>
  close(): Promise<void>
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
  readonly mouse: { click(x: number, y: number): Promise<void>; move(x: number, y: number): Promise<void> }
}

export interface Browser {
  newPage(options: Readonly<Record<string, unknown>>): Promise<Page>
  close(): Promise<void>
}

function chromiumPath(): string | undefined {
  const set = process.env.GOSCOPE_CHROMIUM
  if (set !== undefined) return set
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((f) => names.map((n) => join(f, n))).find((path) => existsSync(path))
}

/** Starts a browser; undefined where there is none, or no playwright-core (GOSCOPE_PLAYWRIGHT names another place). */
export async function startBrowser(): Promise<Browser | undefined> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) return undefined
  // In a variable: the package is optional, and the compiler must not look for it.
  const name = process.env.GOSCOPE_PLAYWRIGHT ?? 'playwright-core'
  let playwright: { chromium: { launch(o: object): Promise<Browser> } }
  try {
    playwright = await import(name)
  } catch {
    return undefined
  }
  return playwright.chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}
