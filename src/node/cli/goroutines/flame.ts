import { UserError } from '../../../core/base/errors.ts'
import { profileOfGoroutines } from '../../../core/formats/goroutines/profile.ts'
import { buildFlame, countOf, type FlameDoc, leftOutNotice } from '../../../core/reports/flame.ts'
import { packageVersion } from '../people/package-version.ts'
import { paint, type Style } from '../people/style.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'
import type { Look } from './look.ts'

/** Rows of frames in the terminal. */
const DEPTH = 40
/** Frames that a browser still moves swiftly. */
const MOST_IN_FILE = 40_000

/** The flame graph of the chosen goroutines: in the terminal, or with `output` as an SVG or HTML file. Throws UserError. */
export async function writeGoroutineFlame(
  style: Style,
  look: Look,
  title: string,
  output: string,
): Promise<void> {
  const chosen = new Set(look.rows)
  const profile = profileOfGoroutines(look.goroutines, { keep: (row) => chosen.has(row) })
  if (profile.samples.count === 0) throw new UserError('no goroutines are left to draw')
  const flame = (maxRows: number, leastShare: number): FlameDoc =>
    buildFlame(profile, {
      value: 0,
      by: 'function',
      inverted: false,
      maxRows,
      leastShare,
      whole: look.unfiltered,
      title,
      filters: [],
    })
  if (output === '') {
    const { colourDepth, flameCells, flameHint, flameLines } = await import('../people/flame-terminal.ts')
    const doc = flame(200_000, 0.5 / flameCells(style))
    writeLines([
      ...flameLines(style, doc, { depth: DEPTH, colours: colourDepth(process.env) }),
      ...(style.bars ? [paint(style, 'quiet', flameHint(doc))] : []),
    ])
    return
  }
  const form = /\.(svg|html?)$/i.exec(output)?.[1]?.toLowerCase()
  if (form === undefined) throw new UserError(`-o ${output}: end it in .svg or .html`)
  const doc = flame(MOST_IN_FILE, 0)
  const producer = { producer: `goscope ${packageVersion()}` }
  const text =
    form === 'svg'
      ? (await import('../../../core/reports/flame-svg.ts')).flameSvg(doc, producer)
      : (await import('../../../core/reports/flame-html.ts')).flameHtml(doc, producer)
  const bytes = writeOutput(output, (write) => write(text))
  const left = leftOutNotice(doc)
  if (left !== '') remark('goroutines', left)
  reportWritten(output, bytes, countOf(doc.tree.count - 1, 'frame'))
}
