// Takes the lines that GODEBUG makes the runtime print out of a program's standard error, as they come. What the
// program prints itself is passed on at once, also without the end of its line: it may be a question.

export type RuntimeLineKind = 'gctrace' | 'schedtrace' | 'inittrace'

const PATTERNS: readonly (readonly [RegExp, RuntimeLineKind])[] = [
  [/gc \d+ @\d+\.\d+s \d+%: /, 'gctrace'],
  [/^(?:scvg\d*: |scav \d+ |pacer: |GC forced$|forced scvg: )/, 'gctrace'],
  [/SCHED \d+ms: gomaxprocs=/, 'schedtrace'],
  [/^ {2}[PMG]\d+: /, 'schedtrace'],
  [/^init \S+ @[\d.]+ ms, /, 'inittrace'],
]
/** What such lines begin with: a line that has come in part and may be one is held back, for a moment. */
const STARTS = [
  'gc ',
  'scvg',
  'scav ',
  'pacer: ',
  'GC forced',
  'forced scvg',
  'SCHED ',
  '  P',
  '  M',
  '  G',
  'init ',
]

export interface RuntimeLinesTo {
  /** The program's own output. */
  own(bytes: Uint8Array): void
  /** One line of the runtime, with its end. */
  runtime(kind: RuntimeLineKind, line: Uint8Array): void
}

const HOLD_MS = 100
/** No line of the runtime is longer. */
const LONGEST = 1 << 16
const LF = 10

export class RuntimeLines {
  private readonly to: RuntimeLinesTo
  /** Start of a line, held back. */
  private held = Buffer.alloc(0)
  /** Whether the beginning of the current line was passed on already. */
  private inLine = false
  private timer: NodeJS.Timeout | undefined

  constructor(to: RuntimeLinesTo) {
    this.to = to
  }

  push(chunk: Uint8Array): void {
    clearTimeout(this.timer)
    let rest = Buffer.concat([this.held, chunk])
    this.held = Buffer.alloc(0)
    for (;;) {
      const lf = rest.indexOf(LF)
      if (lf < 0) break
      this.line(rest.subarray(0, lf + 1))
      this.inLine = false
      rest = rest.subarray(lf + 1)
    }
    if (rest.length === 0) return
    if (!this.inLine && rest.length < LONGEST && mayBegin(rest.toString('latin1'))) {
      this.held = Buffer.from(rest)
      this.timer = setTimeout(() => this.release(), HOLD_MS)
    } else {
      this.to.own(rest)
      this.inLine = true
    }
  }

  /** The stream is at its end. */
  end(): void {
    clearTimeout(this.timer)
    if (this.held.length > 0) this.line(this.held)
    this.held = Buffer.alloc(0)
  }

  private release(): void {
    if (this.held.length === 0) return
    this.to.own(this.held)
    this.held = Buffer.alloc(0)
    this.inLine = true
  }

  private line(bytes: Buffer): void {
    const text = bytes.toString('latin1').replace(/\r?\n$/, '')
    for (const [pattern, kind] of PATTERNS) {
      const m = pattern.exec(text)
      if (m === null) continue
      // The program had not ended its own line.
      if (m.index > 0) this.to.own(bytes.subarray(0, m.index))
      this.to.runtime(kind, bytes.subarray(m.index))
      return
    }
    this.to.own(bytes)
  }
}

function mayBegin(text: string): boolean {
  return STARTS.some((s) => text.startsWith(s) || s.startsWith(text))
}
