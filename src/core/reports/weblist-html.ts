// The page of a weblist: one file that needs nothing else. Its structure, and what is escaped and how, is
// the reference's (scripts read such pages); looks and behaviour are ours.

import { padLeft } from '../base/go-fmt.ts'
import { baseName } from '../base/go-path.ts'
import { hexInt } from '../base/int64.ts'
import { percentage } from '../base/units.ts'
import { displayable } from '../base/utf8.ts'
import { valueOrDot } from './list.ts'
import { profileLabels, type Report, type Sink, ValueFormat } from './report.ts'
import {
  shortFile,
  type WeblistCall,
  type WeblistDoc,
  type WeblistFunction,
  type WeblistInstruction,
  type WeblistLine,
} from './weblist.ts'
import { WEBLIST_SCRIPT, WEBLIST_STYLE } from './weblist-page.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '+': '&#43;',
  '\0': '\uFFFD',
}

/** Text for a page, with the entities that Go's html/template uses. */
export function escapeHtml(s: string): string {
  return displayable(s).replace(/[&<>"'+\0]/g, (c) => ENTITIES[c])
}

export function printWeblist(doc: WeblistDoc, r: Report, out: Sink): void {
  const format = new ValueFormat(r.options)
  const labels = profileLabels(r, format)
  const named = (prefix: string): string =>
    labels.find((l) => l.startsWith(prefix))?.slice(prefix.length) ?? 'unknown'
  const title = `${named('File: ')} ${named('Type: ')}`
  out.text(`<!DOCTYPE html>
<html>
<head>
  <meta charset="utf-8">
  <title>${escapeHtml(title)}</title>
  
  <style type="text/css">${WEBLIST_STYLE}</style>
  <script type="text/javascript">${WEBLIST_SCRIPT}</script>
</head>
<body>

<div class="legend">${labels.map(escapeHtml).join('<br>\n')}<br>Total: ${escapeHtml(format.value(doc.total))}</div>`)
  for (const fn of doc.functions) printFunction(fn, doc, format, out)
  out.text('\n</body>\n</html>\n')
  doc.sources.remarkMissing(out)
}

function printFunction(fn: WeblistFunction, doc: WeblistDoc, format: ValueFormat, out: Sink): void {
  const flat = padLeft(format.value(fn.flat), 10)
  const cum = padLeft(format.value(fn.cum), 10)
  const share = percentage(fn.cum, doc.total)
  out.text(
    `<h2>${escapeHtml(fn.name)}</h2><p class="filename">${escapeHtml(fn.file)}</p>\n` +
      '<pre onClick="pprof_toggle_asm(event)">\n' +
      escapeHtml(`  Total:  ${flat} ${cum} (flat, cum) ${share}`),
  )
  for (const line of fn.lines) out.text(`\n${lineHtml(line, fn.name, doc, format)}`)
  out.text('\n</pre>\n')
}

function lineHtml(line: WeblistLine, fn: string, doc: WeblistDoc, format: ValueFormat): string {
  const { instructions } = line
  // Without an executable there is nothing below the line but calls, if any were inlined.
  const nested = instructions.some((x) => x.calls.length > 0 || x.text !== '')
  const kind = instructions.length === 0 ? 'nop' : nested ? 'livesrc' : 'deadsrc'
  const flat = padLeft(valueOrDot(line.flat, format), 10)
  const cum = padLeft(valueOrDot(line.cum, format), 10)
  const source = escapeHtml(`  ${flat} ${cum} ${' '.repeat(8)}  ${line.text} `)
  const head = `<span class=line>${` ${String(line.line).padStart(6)}`}</span> <span class=${kind}>${source}</span>`
  if (!nested) return head
  const indent = indentation(line.text)
  let body = ''
  let before: readonly WeblistCall[] = []
  instructions.forEach((x, i) => {
    if (x.startsBlock && i !== 0) body += ` ${' '.repeat(8)} ${padLeft('⋮', 28)}\n`
    body += callsHtml(x, before, indent, fn, doc)
    before = x.calls
    if (x.text !== '') body += instructionHtml(x, indent, format)
  })
  return `${head}<span class=asm>${body}</span>`
}

/** The inlined calls of an instruction, but for those that it shares with the one before. */
function callsHtml(
  x: WeblistInstruction,
  before: readonly WeblistCall[],
  indent: number,
  fn: string,
  doc: WeblistDoc,
): string {
  let out = ''
  let shared = before
  x.calls.forEach((call, depth) => {
    const same = shared[depth]
    if (same !== undefined && same.file === call.file && same.line === call.line) return
    shared = []
    const text = trimSpace(doc.sources.line(call.file, call.line, call.fn || fn) ?? '')
    const source = escapeHtml(padTabs(' '.repeat(indent + 4 + 4 * depth) + text, 80))
    const place = `${escapeHtml(baseName(call.file))}:${call.line}`
    out += ` ${' '.repeat(8)} ${' '.repeat(10)} ${' '.repeat(10)} ${' '.repeat(8)}  `
    out += `<span class=inlinesrc>${source}</span> <span class=unimportant>${place}</span>\n`
  })
  return out
}

function instructionHtml(x: WeblistInstruction, indent: number, format: ValueFormat): string {
  const text = padTabs(' '.repeat(indent + 4 + 4 * x.calls.length) + x.text, 80)
  const flat = padLeft(valueOrDot(x.flat, format), 10)
  const cum = padLeft(valueOrDot(x.cum, format), 10)
  const code = escapeHtml(` ${' '.repeat(8)} ${flat} ${cum} ${hexInt(x.address).padStart(8)}: ${text} `)
  // Escaped twice, as in the reference.
  const place = x.file === '' ? '' : `${escapeOnce(shortFile(x.file))}:${x.line}`
  return `${code}<span class=unimportant>${escapeHtml(place)}</span>\n`
}

/** What Go's template.HTMLEscapeString does: the same without the plus sign. */
function escapeOnce(s: string): string {
  return displayable(s).replace(/[&<>"'\0]/g, (c) => ENTITIES[c])
}

/** Columns of white space in front of the text; tabs reach to multiples of 8. */
function indentation(line: string): number {
  let column = 0
  for (const c of line) {
    if (c === ' ') column++
    else if (c === '\t') column += 8 - (column % 8)
    else break
  }
  return column
}

/** The text with tabs as blanks, filled up to n columns. */
function padTabs(s: string, n: number): string {
  let out = ''
  let column = 0
  for (const c of s) {
    column++
    if (c !== '\t') {
      out += c
      continue
    }
    const missing = (8 - (column % 8)) % 8
    out += ' '.repeat(1 + missing)
    column += missing
  }
  return out + ' '.repeat(Math.max(0, n - column))
}

/** Without the white space at both ends that Unicode calls so (Go's strings.TrimSpace). */
function trimSpace(s: string): string {
  return s
    .replace(/^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, '')
    .replace(/[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/, '')
}
