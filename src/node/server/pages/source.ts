import { padLeft } from '../../../core/base/go-fmt.ts'
import { baseName } from '../../../core/base/go-path.ts'
import { cmpInt, hexInt, type Int } from '../../../core/base/int64.ts'
import { percentage } from '../../../core/base/units.ts'
import { valueOrDot } from '../../../core/reports/list.ts'
import { type Report, ValueFormat } from '../../../core/reports/report.ts'
import type {
  WeblistCall,
  WeblistDoc,
  WeblistFunction,
  WeblistInstruction,
  WeblistLine,
} from '../../../core/reports/weblist.ts'
import { type Html, html } from './markup.ts'

/** Functions that the page shows, as in the reference, and instructions of all of them. */
const MOST_FUNCTIONS = 50
const MOST_INSTRUCTIONS = 20_000

/** Source with the weight of each line; lines open to the instructions that they became. */
export function sourceBody(doc: WeblistDoc, r: Report): Html {
  const format = new ValueFormat(r.options)
  const heaviest = [...doc.functions].sort((a, b) => cmpInt(b.flat, a.flat) || cmpInt(b.cum, a.cum))
  let room = MOST_INSTRUCTIONS
  const parts = heaviest.slice(0, MOST_FUNCTIONS).map((fn) => {
    const withCode = room > 0
    for (const line of fn.lines) room -= line.instructions.length
    return functionPart(fn, doc, format, withCode)
  })
  const left = heaviest.length - parts.length
  return html`<main><p class="quiet">Own value and value with callees of each line. A line with ▸ opens to its instructions and inlined calls.</p>
${parts}
${left > 0 && html`<p class="quiet">${left} more functions match: a narrower expression shows them.</p>`}</main>`
}

const weights = (flat: Int, cum: Int, format: ValueFormat): Html =>
  html`<span class="weight">${padLeft(valueOrDot(flat, format), 10)} ${padLeft(valueOrDot(cum, format), 10)}</span>`

function functionPart(fn: WeblistFunction, doc: WeblistDoc, format: ValueFormat, withCode: boolean): Html {
  const total = `${format.value(fn.flat)} own, ${format.value(fn.cum)} with callees (${percentage(fn.cum, doc.total).trim()})`
  const lines = fn.lines.map((line) => linePart(line, fn.name, doc, format, withCode))
  return html`<h2>${fn.name} <span class="quiet">${total}</span><small>${fn.file}</small></h2>
<div class="code">${lines}</div>
`
}

function linePart(
  line: WeblistLine,
  fn: string,
  doc: WeblistDoc,
  format: ValueFormat,
  withCode: boolean,
): Html {
  const nested = withCode && line.instructions.some((x) => x.calls.length > 0 || x.text !== '')
  const hot = line.flat !== 0 || line.cum !== 0
  const text = html`${weights(line.flat, line.cum, format)} <span class="ln">${padLeft(String(line.line), 6)}</span> ${nested ? '▸' : ' '} ${expandTabs(line.text)}`
  if (!nested) return html`<div${hot && html` class="hot"`}>${text}</div>`
  let before: readonly WeblistCall[] = []
  const body = line.instructions.map((x, i) => {
    const gap = x.startsBlock && i !== 0 ? html`${padLeft('⋮', 31)}\n` : ''
    const out = html`${gap}${callLines(x, before, fn, doc)}${x.text !== '' && instruction(x, format)}`
    before = x.calls
    return out
  })
  return html`<details${hot && html` class="hot"`}><summary>${text}</summary><div class="asm">${body}</div></details>`
}

/** Columns between tab stops: narrower than a terminal's, as editors show Go. */
const TAB = 4

/** Tabs as blanks: what stands in front of a line must not move its stops. */
function expandTabs(text: string): string {
  let out = ''
  for (const [i, piece] of text.split('\t').entries()) {
    if (i > 0) out += ' '.repeat(TAB - (out.length % TAB))
    out += piece
  }
  return out
}

/** The inlined calls of an instruction, but for those that it shares with the one before. */
function callLines(
  x: WeblistInstruction,
  before: readonly WeblistCall[],
  fn: string,
  doc: WeblistDoc,
): Html[] {
  const out: Html[] = []
  let shared = before
  x.calls.forEach((call, depth) => {
    const same = shared[depth]
    if (same !== undefined && same.file === call.file && same.line === call.line) return
    shared = []
    const text = (doc.sources.line(call.file, call.line, call.fn || fn) ?? call.fn).trim()
    const indent = ' '.repeat(31 + 2 * depth)
    out.push(
      html`${indent}<span class="call">${text}</span> <span class="quiet">${baseName(call.file)}:${call.line}</span>\n`,
    )
  })
  return out
}

function instruction(x: WeblistInstruction, format: ValueFormat): Html {
  const place = x.file === '' ? '' : `${baseName(x.file)}:${x.line}`
  const indent = ' '.repeat(2 * x.calls.length)
  return html`${weights(x.flat, x.cum, format)} ${padLeft(hexInt(x.address), 8)}: ${indent}${x.text} <span class="quiet">${place}</span>\n`
}
