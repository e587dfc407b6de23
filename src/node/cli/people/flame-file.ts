// From an opened report to a flame graph, and to the file that holds it.

import { basename } from 'node:path'
import { displayable } from '../../../core/base/utf8.ts'
import { buildFlame, type FlameDoc } from '../../../core/reports/flame.ts'
import { programOf } from './head.ts'
import type { OpenedReport } from './open-report.ts'
import { packageVersion } from './package-version.ts'

/** Frames that a browser still moves swiftly, at some 25 bytes each in the file. */
const MOST_IN_FILE = 40_000

export interface FlameShape {
  readonly by: 'function' | 'line'
  readonly inverted: boolean
  readonly maxRows: number
  readonly leastShare?: number
}

/** The flame graph of a report, whose profile must not have been coarsened. */
export function flameOf(o: OpenedReport, shape: FlameShape): FlameDoc {
  const { report, shortNames: names } = o
  const from =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  const base = o.base.length > 0 ? ` less ${o.base.map((b) => basename(b)).join(', ')}` : ''
  const program = programOf(o.profile, names[0] ?? '')
  return buildFlame(report.profile, {
    ...shape,
    value: report.options.value,
    whole: report.total,
    difference: o.base.length > 0,
    title: displayable(program === from ? `${from}${base}` : `${program}: ${from}${base}`),
    filters: report.options.activeFilters.map((f) => f.replaceAll('_', ' ').replace('=', ' ')),
  })
}

/** The flame graph as the text of an SVG or HTML file. */
export async function flameFile(
  o: OpenedReport,
  format: 'svg' | 'html',
  shape: Pick<FlameShape, 'by' | 'inverted'>,
): Promise<{ readonly doc: FlameDoc; readonly text: string }> {
  const doc = flameOf(o, { ...shape, maxRows: MOST_IN_FILE })
  const producer = { producer: `goscope ${packageVersion()}` }
  const text =
    format === 'svg'
      ? (await import('../../../core/reports/flame-svg.ts')).flameSvg(doc, producer)
      : (await import('../../../core/reports/flame-html.ts')).flameHtml(doc, producer)
  return { doc, text }
}
