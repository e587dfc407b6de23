// What a program prints around its goroutines when it dies: the lines before the first one, the registers
// behind, and the reports of further threads (GOTRACEBACK=crash).

import type { Crash, Panic } from '../../model/goroutines.ts'

/** Lines of a message that are kept, and of what the runtime says besides. */
const MOST_LINES = 200

const REGISTER = /^([a-z][a-z0-9_]{1,7}) +(0x[0-9a-f]+)$/
const SIGNAL = /^(SIG[A-Z0-9]+(?:: .*)?|Signal 0?x?[0-9a-f]+)$/
/** Other lines of crash reports, each known from the runtime's sources. */
const KNOWN = [
  /^PC=0x[0-9a-f]+ m=\d+ sigcode=-?\d+(?: addr=0x[0-9a-f]+)?$/,
  /^PC=0x[0-9a-f]+(?: m=\d+)?$/,
  /^signal arrived during (?:cgo|external code) execution$/,
  /^instruction bytes:/,
  /^unexpected fault address /,
  /^accessed data from freed user arena /,
  /^exit status \d+$/,
  /^signal: \w/,
  /^stack: frame=\{/,
  /^0x[0-9a-f]{8,16}: /,
  /^\[preempting m|^preempt off reason: /,
  /^m=\d+ sigcode=|^sig=|^ExceptionCode|^Exception 0x/,
  /^rip=|^lr=|^trap |^error /,
]
/** `panic` behind the prefix of a logger, as net/http has it for a handler that panicked. */
const LOGGED_PANIC =
  /(?:^|\s)(?:http2?: )?panic (?:serving [^ ]+|in [^:]+)?: ?(.*)$|\bpanic recovered:? *(.*)$/is

/** Whether a line of a log says that a panic was recovered, so that the stack behind it is that panic's. */
export function isLoggedPanic(line: string): boolean {
  return line.length <= 4096 && LOGGED_PANIC.test(line)
}

interface Draft {
  panics: Panic[]
  fatal: string
  signal: string
  runtimeLines: string[]
  runtimeStack: number
  registers: (readonly [string, string])[]
  threads: number
  messageLines: number
}

/** Takes the lines of one source that stand outside of goroutines, and makes crashes of them. */
export class CrashLines {
  private draft: Draft | undefined
  /** Lines of the runtime before it is known that this is a crash. */
  private before: string[] = []
  /** Which part of the message further lines belong to. */
  private open: 'panic' | 'fatal' | undefined
  private nextThread = false

  /** Whether a report has begun. */
  get begun(): boolean {
    return this.draft !== undefined
  }

  get threads(): number {
    return this.draft?.threads ?? 0
  }

  /**
   * Whether the line begins the report of another crash. `goroutinesSeen` is whether those of the one before have
   * come: until then, panics and fatal errors add up to one.
   */
  startsAnother(line: string, goroutinesSeen: boolean): boolean {
    return goroutinesSeen && !this.nextThread && HEAD.test(line)
  }

  /** True if the line belongs to a crash report. */
  take(line: string): boolean {
    if (line === '-----') {
      if (this.draft !== undefined) this.nextThread = true
      return this.draft !== undefined
    }
    const panic = /^\t?panic: (.*)$/s.exec(line)
    if (panic !== null) {
      const m = /^(.*?)( \[recovered(, repanicked)?(?:, reraised)?\])?$/s.exec(panic[1])!
      this.draftNow().panics.push({
        text: m[1],
        recovered: m[2] !== undefined,
        repanicked: m[3] !== undefined,
      })
      this.open = 'panic'
      return true
    }
    if (line.startsWith('fatal error: ')) {
      const draft = this.draftNow()
      if (draft.fatal === '') draft.fatal = line.slice(13)
      this.open = 'fatal'
      return true
    }
    if (/^\[signal .*\]$/.test(line)) {
      const draft = this.draftNow()
      if (draft.signal === '') draft.signal = line.slice(1, -1)
      this.open = undefined
      return true
    }
    if (SIGNAL.test(line)) {
      const draft = this.draftNow()
      if (draft.signal === '') draft.signal = line
      if (this.nextThread) draft.threads++
      this.nextThread = false
      this.open = undefined
      return true
    }
    if (/^runtime: |^runtime\./.test(line)) {
      this.runtimeLine(line)
      return true
    }
    const register = REGISTER.exec(line)
    if (register !== null) {
      // The first thread's: those of the others would need a place each.
      if (this.draft !== undefined && this.draft.threads <= 1 && this.draft.registers.length < 64)
        this.draft.registers.push([register[1], register[2]])
      return true
    }
    if (KNOWN.some((k) => k.test(line))) return true
    return this.continues(line)
  }

  /** Further lines of a message: since Go 1.18 they are indented. */
  private continues(line: string): boolean {
    const { draft } = this
    if (draft === undefined || this.open === undefined || draft.messageLines >= MOST_LINES) return false
    draft.messageLines++
    const text = `\n${line.replace(/^\t/, '')}`
    if (this.open === 'fatal') draft.fatal += text
    else {
      const last = draft.panics.pop()!
      const recovered = / \[recovered(, repanicked)?\]$/.exec(text)
      draft.panics.push({
        text: last.text + (recovered === null ? text : text.slice(0, recovered.index)),
        recovered: last.recovered || recovered !== null,
        repanicked: last.repanicked || recovered?.[1] !== undefined,
      })
    }
    return true
  }

  runtimeLine(line: string): void {
    const lines = this.draft?.runtimeLines ?? this.before
    if (lines.length < MOST_LINES) lines.push(line)
  }

  /** An empty line ends the message, not the report. */
  blank(): void {
    this.open = undefined
  }

  /** A panic that was recovered and logged with its stack: `line` is one that isLoggedPanic takes. */
  logged(line: string): void {
    const m = LOGGED_PANIC.exec(line)
    if (m !== null)
      this.draftNow().panics.push({ text: m[1] ?? m[2] ?? '', recovered: true, repanicked: false })
  }

  runtimeStack(stack: number): void {
    const draft = this.draftNow()
    if (draft.runtimeStack === 0) draft.runtimeStack = stack
  }

  private draftNow(): Draft {
    this.draft ??= {
      panics: [],
      fatal: '',
      signal: '',
      runtimeLines: this.before.splice(0),
      runtimeStack: 0,
      registers: [],
      threads: 1,
      messageLines: 0,
    }
    return this.draft
  }

  /** Lines that the runtime printed belong to no crash after this. */
  forgetBefore(): void {
    this.before = []
  }

  /** Ends the report; undefined if there was none. */
  done(): Crash | undefined {
    const { draft } = this
    this.draft = undefined
    this.open = undefined
    this.nextThread = false
    if (draft === undefined) return undefined
    const { messageLines: _, ...rest } = draft
    const kind = draft.fatal !== '' ? 'fatal' : draft.panics.length > 0 ? 'panic' : 'signal'
    return { kind, ...rest }
  }
}

const HEAD = /^panic: |^fatal error: |^SIG[A-Z0-9]+: /
