// A look as text: a block of lines for a source, one line for each file of a folder or an archive.

import { bytesText, cellWidth, countText, padEnd, padStart } from '../../../core/base/people-fmt.ts'
import { own, paint, type Style, safeName, type Tone } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import type { LookedAt } from './look.ts'

/** Width of the words in front. */
const LEFT = 16

/** The block of one source. */
export function blockLines(style: Style, name: string, at: LookedAt): string[] {
  const { look } = at
  const lines = [`${paint(style, 'strong', safeName(name))}  ${paint(style, 'accent', safeName(look.title))}`]
  let last = ''
  const add = (word: string, text: string, tone: Tone = 'plain'): void => {
    const front = paint(style, 'quiet', padEnd(word === last ? '' : word, LEFT - 2))
    last = word
    const [head = '', ...rest] = wrapLines({ ...style, width: style.width - LEFT }, text)
    lines.push(
      `  ${front}${paint(style, tone, head)}`,
      ...rest.map((l) => ' '.repeat(LEFT) + paint(style, tone, l)),
    )
  }
  add('format', safeName(`${look.format}, ${sizeText(at)}`))
  const isProgram = (f: { readonly word: string }): boolean => f.word === 'program'
  for (const f of look.facts.filter(isProgram)) add(f.word, safeName(f.text))
  if (look.producer !== '') add('written by', safeName(look.producer))
  if (look.taken !== '') add('taken', safeName(look.taken))
  for (const f of look.facts) if (!isProgram(f)) add(f.word, safeName(f.text), f.tone)
  const file = name === 'standard input' ? '-' : safeName(name)
  // Where the block itself is the reading there is no further command.
  for (const c of [look.command, ...(look.furtherCommands ?? [])])
    if (c !== '' && c !== 'goscope info') add('read with', `${c} ${file}`)
  for (const x of look.problems) {
    const at = x.offset >= 0 ? ` at byte ${x.offset}` : ''
    const count = x.count > 1 ? ` (${countText(x.count)} times)` : ''
    add('problems', `${mark(style, 'warning')} ${safeName(x.message)}${at}${count}`, 'warning')
  }
  for (const r of look.remarks ?? [])
    add('problems', `${mark(style, r.level)} ${safeName(r.message)}${r.remedy && `: ${r.remedy}`}`, r.level)
  return lines
}

const mark = (style: Style, level: 'warning' | 'info'): string =>
  level === 'warning' ? (style.unicode ? '▲' : '[!]') : style.unicode ? '●' : '[i]'

function sizeText({ storedBytes, unpackedBytes }: LookedAt): string {
  if (storedBytes === unpackedBytes || Number.isNaN(unpackedBytes)) return bytesText(storedBytes)
  return `${bytesText(storedBytes)}, ${bytesText(unpackedBytes)} unpacked`
}

/** A file of a folder: what it is, or why that cannot be said. */
export interface ListedFile {
  readonly name: string
  readonly at: LookedAt | undefined
  readonly error: string
  readonly storedBytes: number
}

/** The files of a folder or an archive, a line each; long ones go on below. */
export function listLines(style: Style, title: string, files: readonly ListedFile[]): string[] {
  const names = files.map((f) => safeName(f.name))
  const left = Math.min(Math.max(0, ...names.map(cellWidth)), Math.max(12, Math.floor(style.width / 3)))
  const sizes = files.map((f) => own(style, bytesText(f.storedBytes)))
  const size = Math.max(0, ...sizes.map(cellWidth))
  const indent = 2 + left + 2 + size + 2
  const out = [title]
  for (const [k, f] of files.entries()) {
    const { text, tone } = lineOf(style, f)
    const room = Math.max(20, style.width - indent)
    const [head = '', ...rest] = wrapLines({ ...style, width: room }, text)
    // A name that is too long has a line of its own.
    const own = cellWidth(names[k]!) > left
    const front = `  ${padEnd(own ? '' : names[k]!, left)}  ${paint(style, 'quiet', padStart(sizes[k]!, size))}  `
    if (own) out.push(`  ${names[k]}`)
    out.push(
      `${front}${paint(style, tone, head)}`,
      ...rest.map((l) => ' '.repeat(indent) + paint(style, tone, l)),
    )
  }
  return out
}

function lineOf(style: Style, f: ListedFile): { readonly text: string; readonly tone: Tone } {
  if (f.at === undefined) return { text: `${mark(style, 'warning')} ${safeName(f.error)}`, tone: 'warning' }
  const { look } = f.at
  const problems = look.problems.reduce((n, p) => n + Math.max(1, p.count), 0)
  const first = look.problems[0]
  const trouble =
    first === undefined
      ? ''
      : ` ${mark(style, 'warning')} ${problems === 1 ? '' : `${countText(problems)} problems: `}${safeName(first.message)}`
  const what = [look.title, look.producer, look.taken, look.brief].filter((s) => s !== '').map(safeName)
  const command = look.command === '' || look.command === 'goscope info' ? '' : `; ${look.command}`
  return { text: `${what.join(', ')}${command}${trouble}`, tone: first === undefined ? 'plain' : 'warning' }
}

/** The document of a look, goscope.info/1. */
export function lookJson(name: string, { look, storedBytes, unpackedBytes }: LookedAt): object {
  const size = (n: number): number | null => (Number.isNaN(n) ? null : n)
  return {
    name,
    kind: look.kind,
    format: look.format,
    storedBytes: size(storedBytes),
    unpackedBytes: size(unpackedBytes),
    title: safeName(look.title),
    producer: safeName(look.producer),
    ...look.json,
    command: look.command,
    problems: [
      ...look.problems.map((x) => ({
        level: 'warning',
        message: safeName(x.message),
        offset: x.offset,
        count: x.count,
      })),
      ...(look.remarks ?? []),
    ],
  }
}
