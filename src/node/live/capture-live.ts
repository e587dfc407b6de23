// `goscope capture TARGET…`: once, when something happens, or again and again; one program or several.

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { type Condition, parseCondition } from '../../core/engine/condition.ts'
import { isTerminal, writeAll } from '../output.ts'
import type { TlsFiles } from '../server-socket.ts'
import { CaptureFolder, isFull } from './capture-files.ts'
import { captureTo, keepOrRemove, summaryLines, timeStamp } from './capture-output.ts'
import { type CaptureOptions, captureTarget } from './capture-run.ts'
import { LiveClient } from './http-client.ts'
import { onInterrupt } from './interrupt.ts'
import { type Manifest, manifestText, newManifest } from './manifest.ts'
import { packedForm } from './pack-folder.ts'
import { pause } from './pause.ts'
import { ProgressLines } from './progress-lines.ts'
import { openTarget, type Target } from './target.ts'
import { waitFor } from './wait-for.ts'

export interface CaptureLiveOptions extends Omit<CaptureOptions, 'mostGoroutines' | 'busyMs' | 'notes'> {
  readonly output: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly pprofPath: string | undefined
  readonly timeoutMs: number
  readonly tls: TlsFiles | undefined
  /** From the start of one capture to the next, ms; undefined for one only. */
  readonly continuousMs: number | undefined
  readonly keep: number
  readonly when: string | undefined
  readonly everyMs: number
  readonly json: boolean
}

const MOST_GOROUTINES = 10_000
const BUSY_MS = 60_000
/** Names of the captures of a ring, which sort by their time. */
const STAMP = /^\d{8}-\d{6}$/

/** Carries the command out; returns the exit status. Throws UserError. */
export async function captureLive(texts: readonly string[], o: CaptureLiveOptions): Promise<number> {
  const condition = o.when === undefined ? undefined : parseCondition(o.when)
  const form = o.output === undefined ? undefined : packedForm(o.output)
  if (form !== undefined && o.continuousMs !== undefined)
    throw new UserError('--continuous wants a folder: -o DIR')
  const reach = { headers: o.headers, ...(o.pprofPath && { pprofPath: o.pprofPath }) }
  const targets = await Promise.all(texts.map((t) => openTarget(t, reach)))
  const session = new Session(targets, o, condition)
  const interrupt = onInterrupt((signal) =>
    session.say(`${signal}: what is there is kept; once more ends at once`),
  )
  try {
    if (o.continuousMs !== undefined) return await session.ring(o.output ?? 'goscope-ring', interrupt.signal)
    return await session.single(o.output ?? `goscope-${timeStamp()}`, interrupt.signal)
  } catch (e) {
    if (!isFull(e)) throw e
    session.say('no space left where the capture is written')
    return 1
  } finally {
    interrupt.end()
    session.end()
  }
}

interface Reached {
  readonly target: Target
  readonly client: LiveClient
  readonly progress: ProgressLines
  /** Of its sub-folder, where there are several. */
  readonly name: string
}

class Session {
  private readonly options: CaptureLiveOptions
  private readonly reached: readonly Reached[]
  private readonly condition: Condition | undefined

  constructor(targets: readonly Target[], o: CaptureLiveOptions, condition: Condition | undefined) {
    this.options = o
    this.condition = condition
    const to = {
      terminal: isTerminal(2) && targets.length === 1,
      write: (text: string) => void process.stderr.write(text),
    }
    const used = new Set<string>()
    this.reached = targets.map((target) => {
      let name = target.name
      for (let n = 2; used.has(name); n++) name = `${target.name}-${n}`
      used.add(name)
      return {
        target,
        name,
        client: new LiveClient({ headers: o.headers, answerMs: o.timeoutMs, ...(o.tls && { tls: o.tls }) }),
        progress: new ProgressLines(to, targets.length > 1 ? `${name}: ` : ''),
      }
    })
  }

  say(text: string): void {
    this.reached[0]!.progress.line(`goscope capture: ${text}`)
  }

  end(): void {
    for (const { client, progress } of this.reached) {
      progress.end()
      client.close()
    }
  }

  /** One capture. */
  async single(path: string, signal: AbortSignal): Promise<number> {
    const manifest = await captureTo(
      path,
      (text) => this.say(text),
      async (folder) => {
        const notes = await this.wait(signal)
        return notes === undefined ? undefined : this.once(folder, notes, signal)
      },
    )
    if (manifest === undefined) return 1
    this.report(path, manifest)
    return statusOf(manifest)
  }

  /** Captures again and again until interrupted; the last ones stay. */
  async ring(path: string, signal: AbortSignal): Promise<number> {
    const folder = new CaptureFolder(path, STAMP)
    let good = 0
    for (let round = 0; !signal.aborted; round++) {
      let start = Date.now()
      try {
        const notes = await this.wait(signal)
        if (notes === undefined) break
        start = Date.now()
        const name = timeStamp()
        const part = folder.sub(name)
        const manifest = await keepOrRemove(part, () => this.once(part, notes, signal))
        if (manifest !== undefined) {
          good++
          this.report(join(folder.path, name), manifest)
        }
      } catch (e) {
        // What works once may fail for a while: the program is started again, the disk is cleared.
        if (isFull(e)) this.say('no space left where the captures are written')
        else if (e instanceof UserError && round > 0) this.say(e.message)
        else throw e
      }
      prune(folder.path, this.options.keep, (old) =>
        this.say(`${old} is removed: --keep ${this.options.keep}`),
      )
      if (signal.aborted) break
      // Two captures in one second would have one name.
      const wait = Math.max(1000, start + this.options.continuousMs! - Date.now())
      this.say(`next at ${new Date(Date.now() + wait).toTimeString().slice(0, 8)}, Ctrl-C ends`)
      await pause(wait, signal)
    }
    return good > 0 ? 0 : 1
  }

  /** Waits for the condition if there is one. What there is to say in the manifest; undefined if interrupted. */
  private async wait(signal: AbortSignal): Promise<readonly string[] | undefined> {
    if (this.condition === undefined) return []
    const met = await waitFor(this.condition, this.reached, this.options, signal)
    this.say(met ?? 'interrupted before the condition was met')
    return met === undefined ? undefined : [met]
  }

  /** Captures. Undefined if nothing could be captured. */
  private async once(
    folder: CaptureFolder,
    notes: readonly string[],
    signal: AbortSignal,
  ): Promise<Manifest | undefined> {
    const o = { ...this.options, mostGoroutines: MOST_GOROUTINES, busyMs: BUSY_MS, notes }
    const several = this.reached.length > 1
    const results = await Promise.allSettled(
      this.reached.map(async (r) => {
        if (!several) r.progress.line(`${r.target.shown}`)
        const into = several ? folder.sub(r.name) : folder
        return captureTarget(r.target, r.client, into, o, r.progress, signal)
      }),
    )
    for (const [k, result] of results.entries()) {
      if (result.status === 'fulfilled') continue
      const { reason } = result
      if (!(reason instanceof UserError)) throw reason
      this.reached[k]!.progress.line(`goscope capture: ${reason.message}`)
    }
    const manifests = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
    if (manifests.length === 0) return undefined
    return several ? this.join(folder, results) : manifests[0]!
  }

  /** The manifest of a capture of several programs. */
  private join(folder: CaptureFolder, results: readonly PromiseSettledResult<Manifest>[]): Manifest {
    const all = newManifest(this.reached.map((r) => r.target.shown).join(' '), this.options.version)
    all.parts = this.reached.map((r) => ({ folder: r.name, target: r.target.shown }))
    for (const [k, r] of results.entries()) {
      const { name } = this.reached[k]!
      if (r.status === 'rejected') {
        const why = (r.reason as Error).message
        all.failed.push({ file: name, why, at: new Date().toISOString() })
        continue
      }
      const { value: m } = r
      all.files.push(...m.files.map((f) => ({ ...f, file: `${name}/${f.file}` })))
      all.failed.push(...m.failed.map((f) => ({ ...f, file: `${name}/${f.file}` })))
      all.left.push(...m.left.map((f) => ({ ...f, file: `${name}/${f.file}` })))
      all.warnings.push(...m.warnings)
      all.started = m.started < all.started ? m.started : all.started
    }
    const states = results.map((r) => (r.status === 'fulfilled' ? r.value.state : 'broken off'))
    all.state = states.find((s) => s !== 'complete') ?? 'complete'
    all.ended = new Date().toISOString()
    folder.put('capture.json', manifestText(all))
    return all
  }

  private report(path: string, m: Manifest): void {
    for (const line of summaryLines(path, m)) this.reached[0]!.progress.line(line)
    if (this.options.json && path !== '-') writeAll(1, Buffer.from(manifestText(m)))
  }
}

function statusOf(m: Manifest): number {
  return m.state === 'complete' && m.failed.length === 0 ? 0 : 1
}

/** Removes the oldest captures of a ring, nothing else. */
function prune(folder: string, keep: number, removed: (name: string) => void): void {
  const ours = readdirSync(folder)
    .filter((name) => STAMP.test(name) && isCapture(join(folder, name)))
    .sort()
  for (const name of ours.slice(0, Math.max(0, ours.length - keep))) {
    rmSync(join(folder, name), { recursive: true, force: true })
    removed(name)
  }
}

function isCapture(folder: string): boolean {
  try {
    return (
      statSync(folder).isDirectory() &&
      readFileSync(join(folder, 'capture.json'), 'utf8').includes('"goscope.capture/1"')
    )
  } catch {
    return false
  }
}
