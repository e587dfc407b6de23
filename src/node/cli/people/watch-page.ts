// The live page of `goscope watch`: what it shows, and what keys do. Measuring is someone else's.

import type { Moment } from '../../../core/analysis/live/moment.ts'
import { buildMemoryAccount, type MemoryAccount } from '../../../core/analysis/memory/account.ts'
import { UserError } from '../../../core/base/errors.ts'
import type { Mark } from '../../watch/recording.ts'
import { Screen } from '../../watch/screen.ts'
import type { Taken } from '../../watch/take.ts'
import { type StyleFlags, styleFor } from './style.ts'
import { type PageTarget, type PageView, pageLines } from './watch-lines.ts'

export interface PageOptions {
  readonly flags: StyleFlags
  readonly intervalMs: number
  /** Targets as they are now. */
  readonly targets: () => readonly PageTarget[]
  /** Takes a profile or capture of a target; resolves with what to say. */
  readonly take: (index: number, what: Taken | 'capture') => Promise<string>
  readonly mark: (m: Mark) => void
  /** Words for the right end of the first line. */
  readonly status: () => string
}

const TAKES: Readonly<Record<string, Taken | 'capture'>> = {
  c: 'capture',
  p: 'cpu',
  h: 'heap',
  g: 'goroutines',
}
const WORDS: Readonly<Record<Taken | 'capture', string>> = {
  capture: 'a capture',
  cpu: 'a CPU profile of 10 s',
  heap: 'a heap profile',
  goroutines: 'a dump of all goroutines',
}

export class WatchPage {
  private readonly o: PageOptions
  private readonly screen: Screen
  private readonly marks: Mark[] = []
  private readonly running = new Set<string>()
  private selected = 0
  private view: PageView = 'use'
  private paused = false
  /** Whether the user wanted to quit while something is being taken. */
  private asked = false
  private message = ''
  private finish: (() => void) | undefined
  /** The signal that ended it, if one did. */
  endedBy: NodeJS.Signals | undefined
  /** Resolves when the user has had enough. */
  readonly done: Promise<void>

  constructor(o: PageOptions) {
    this.o = o
    this.done = new Promise((resolve) => {
      this.finish = resolve
    })
    this.screen = new Screen({
      key: (key) => this.key(key),
      resize: () => this.draw(true),
      end: (signal) => {
        this.endedBy = signal
        this.finish?.()
      },
    })
  }

  start(): void {
    this.screen.start()
    this.draw(true)
  }

  stop(): void {
    this.screen.stop()
  }

  /** Draws what there is, unless the user has stopped the page. */
  draw(force = false): void {
    if (this.paused && !force) return
    // A terminal has its width only while it is drawn to: it may have changed.
    const style = styleFor({ ...this.o.flags, width: this.o.flags.width ?? this.screen.columns })
    const status = [this.paused ? 'PAUSED' : '', this.o.status()].filter((s) => s !== '').join('  ')
    const doing =
      this.running.size === 0
        ? ''
        : `taking ${[...this.running].join(', ')} ...${this.asked ? '  q again ends it and quits' : ''}`
    this.screen.draw(
      pageLines(
        style,
        {
          targets: this.o.targets(),
          selected: this.selected,
          view: this.view,
          marks: this.marks,
          status,
          message: doing === '' ? this.message : doing,
          intervalMs: this.o.intervalMs,
        },
        this.screen.rows,
      ),
    )
  }

  private key(key: string): void {
    const count = this.o.targets().length
    this.message = ''
    if (key === 'q' || key === 'Q') this.quit()
    else if (key === ' ') this.paused = !this.paused
    else if (key === '\t') this.selected = (this.selected + 1) % Math.max(1, count)
    else if (/^[1-9]$/.test(key) && Number(key) <= count) this.selected = Number(key) - 1
    else if (key === 'u') this.view = 'use'
    else if (key === 'a') this.view = this.view === 'memory' ? 'use' : 'memory'
    else if (key === '?') this.view = this.view === 'help' ? 'use' : 'help'
    else if (key === 'm') this.addMark(`mark ${this.marks.length + 1}`)
    else if (Object.hasOwn(TAKES, key)) this.takeNow(TAKES[key]!)
    this.draw(true)
  }

  /** Not in the middle of a capture, unless asked twice. */
  private quit(): void {
    if (this.running.size === 0 || this.asked) this.finish?.()
    else this.asked = true
  }

  private addMark(text: string): void {
    const mark = { at: Date.now(), text }
    this.marks.push(mark)
    try {
      this.o.mark(mark)
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      this.message = e.message
    }
  }

  private takeNow(what: Taken | 'capture'): void {
    const words = WORDS[what]
    // One of a kind at a time: the program makes no two CPU profiles at once.
    if (this.running.has(words)) return
    this.running.add(words)
    this.addMark(`${words} began`)
    this.o
      .take(this.selected, what)
      .then(
        (said) => {
          this.message = said
        },
        (e: unknown) => {
          this.message = `${words}: ${e instanceof Error ? e.message : String(e)}`
        },
      )
      .finally(() => {
        this.running.delete(words)
        this.draw(true)
      })
  }
}

/** The memory account of the newest moment; undefined if too little is known. */
export function accountOf(moment: Moment | undefined): MemoryAccount | undefined {
  const memory = moment?.program?.memory
  const status = moment?.process?.status
  if (memory === undefined && status === undefined) return undefined
  return buildMemoryAccount({ ...memory, ...(status !== undefined && { status }) })
}
