// How output for people looks where it goes to: colour, bars, width, and which characters there are.

import type { Origin } from '../../../core/analysis/origin.ts'
import { asciiText } from '../../../core/base/people-fmt.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { isTerminal } from '../../output.ts'
import { showControls } from '../../terminal-text.ts'

/** What a piece of text means; a tone is one of the terminal's 16 colours, so that the user's theme rules. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'quiet'
  | 'accent'
  | 'critical'
  | 'warning'
  | 'info'
  | 'ok'
  | 'more'
  | 'less'
  | Origin

/** Select Graphic Rendition: code that sets it and the one that takes it back. */
const CODES: Readonly<Record<Exclude<Tone, 'plain'>, readonly [number, number]>> = {
  strong: [1, 22],
  quiet: [90, 39],
  accent: [36, 39],
  critical: [31, 39],
  warning: [33, 39],
  info: [34, 39],
  ok: [32, 39],
  more: [31, 39],
  less: [32, 39],
  main: [33, 39],
  module: [35, 39],
  std: [36, 39],
  runtime: [90, 39],
  alloc: [90, 39],
  gc: [90, 39],
  sched: [90, 39],
  syscall: [34, 39],
  cgo: [34, 39],
}

export interface Style {
  readonly color: boolean
  /** Whether bars are drawn (a terminal, not a file or pipe). */
  readonly bars: boolean
  /** Whether the locale has UTF-8; if not, own text keeps to ASCII. */
  readonly unicode: boolean
  /** Cells of a line; Infinity where nothing is cut. */
  readonly width: number
}

export interface StyleFlags {
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

/** What the style is decided by; the defaults are this process's. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: boolean
  readonly columns: number | undefined
}

/** The surroundings of standard output. */
export function stdoutSurroundings(): Surroundings {
  return { env: process.env, terminal: isTerminal(1), columns: process.stdout.columns }
}

/** Decides the style: flags first, then NO_COLOR and TERM, then whether a terminal is there. */
export function styleFor(flags: StyleFlags, s: Surroundings = stdoutSurroundings()): Style {
  const { env } = s
  const mode = flags.color ?? 'auto'
  const plain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
  const forced = flags.width !== undefined || mode === 'always'
  return {
    color: mode === 'always' || (mode === 'auto' && s.terminal && !plain),
    bars: s.terminal || forced,
    unicode: hasUnicode(env),
    width: flags.width || (s.terminal ? s.columns || Number(env.COLUMNS) || 80 : Number.POSITIVE_INFINITY),
  }
}

/** The locale by the rules of POSIX: the first of the three that is set counts. Elsewhere UTF-8 is taken for granted. */
function hasUnicode(env: Surroundings['env']): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((v) => v !== undefined && v !== '')
  if (locale === undefined) return process.platform === 'win32' || process.platform === 'darwin'
  return /utf-?8/i.test(locale)
}

/** Text in a tone. */
export function paint(style: Style, tone: Tone | undefined, text: string): string {
  if (!style.color || tone === undefined || tone === 'plain' || text === '') return text
  const [on, off] = CODES[tone]
  return `\x1b[${on}m${text}\x1b[${off}m`
}

/** Our own text in the characters that there are. */
export function own(style: Style, text: string): string {
  return style.unicode ? text : asciiText(text)
}

/** Mark of what was cut off. */
export function dots(style: Style): string {
  return style.unicode ? '…' : '..'
}

/** A name from a profile on one line: control and direction characters are shown, not obeyed. */
export function safeName(name: string): string {
  return showControls(displayable(name)).replace(/[\t\n]/g, (c) => (c === '\t' ? '\\t' : '\\n'))
}

const EIGHTHS = ' ▏▎▍▌▋▊▉'

/** A bar for a share of 1, `width` cells at the most; '' where there are no bars. Anything but nothing shows. */
export function bar(style: Style, share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.abs(share)) * width * 8)
  if (!style.unicode) return '#'.repeat(share === 0 ? 0 : Math.max(1, Math.round(eighths / 8)))
  if (share === 0 || Number.isNaN(share)) return ''
  const n = Math.max(1, eighths)
  return '█'.repeat(n >> 3) + (n % 8 === 0 ? '' : EIGHTHS[n % 8]!)
}

/** Cells of bars for the width: by look.md 12 below 100 columns, 24 from there on, none below 60. */
export function barWidth(style: Style): number {
  if (!style.bars || style.width < 60) return 0
  return style.width < 100 ? 12 : 24
}
