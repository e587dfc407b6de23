// Changes for people: before, after, by how much, and whether that means anything.

import type { Change } from '../../../core/analysis/compare/compare.ts'
import { fitName, type NameParts, splitFunctionName } from '../../../core/analysis/display-names.ts'
import { ABSENT, shareText, valueText } from '../../../core/base/people-fmt.ts'
import { quietLines } from './fact-lines.ts'
import { dots, own, paint, type Style, safeName, type Tone } from './style.ts'
import { tableLines } from './table.ts'

/** A value in its unit. */
export function measureText(value: number, unit: string): string {
  if (Number.isNaN(value)) return ABSENT
  if (unit === 'share') return shareText(value, 1)
  if (unit === 'ns/op') return valueText(value, 'nanoseconds')
  if (unit === 'B/op') return valueText(value, 'bytes')
  return unit.includes('/') ? `${Number(value.toPrecision(4))} ${unit}` : valueText(value, unit)
}

/** `+12.3%`, `−4.0%`, `new`, `gone`. */
export function ratioText(c: Change): string {
  if (Number.isNaN(c.from)) return 'new'
  if (Number.isNaN(c.to)) return 'gone'
  if (c.from === 0) return c.to === 0 ? '0%' : 'new'
  if (c.to === 0) return 'gone'
  const percent = c.ratio * 100
  const digits = Math.abs(percent) >= 100 ? 0 : 1
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(digits)}%`
}

/** How much a change means, given its level: '' nothing said, '~' may be chance, 'p=0.008'. */
function significanceText(c: Change, alpha: number): string {
  if (c.before.length < 2 || c.after.length < 2) return ''
  return c.p <= alpha ? `p=${c.p.toFixed(3)}` : `~ p=${c.p.toFixed(2)}`
}

function changeTone(c: Change): Tone {
  if (c.change === 0 || Number.isNaN(c.change) || c.worse === 0) return 'plain'
  return c.change * c.worse > 0 ? 'more' : 'less'
}

/** One table a group; `limit` rows each, 0 for all. */
export function changeLines(
  style: Style,
  changes: readonly Change[],
  limit: number,
  alpha: number,
): string[] {
  const lines: string[] = []
  const groups = [...new Set(changes.map((c) => c.group))]
  for (const group of groups) {
    const all = changes.filter((c) => c.group === group && (c.change !== 0 || c.name === 'total'))
    if (all.length === 0) continue
    // The sum over all stands first, whatever changed most.
    const sorted = [...all.filter((c) => c.name === 'total'), ...all.filter((c) => c.name !== 'total')]
    const shown = limit > 0 ? sorted.slice(0, limit) : sorted
    if (lines.length > 0) lines.push('')
    lines.push(paint(style, 'strong', own(style, group)))
    const significant = shown.map((c) => significanceText(c, alpha))
    lines.push(
      ...tableLines(
        style,
        [
          {
            title: 'before',
            align: 'right',
            cells: shown.map((c) => ({ text: measureText(c.from, c.unit) })),
            least: 8,
          },
          {
            title: 'after',
            align: 'right',
            cells: shown.map((c) => ({ text: measureText(c.to, c.unit) })),
            least: 8,
          },
          {
            title: 'change',
            align: 'right',
            cells: shown.map((c) => ({ text: ratioText(c), tone: changeTone(c) })),
            least: 7,
          },
          ...(significant.some((t) => t !== '')
            ? [
                {
                  title: 'sure',
                  align: 'right' as const,
                  cells: significant.map((text) => ({
                    text,
                    tone: text.startsWith('~') ? ('quiet' as const) : ('plain' as const),
                  })),
                },
              ]
            : []),
        ],
        { title: '', cells: shown.map((c) => (room) => nameText(style, c.name, room)) },
        true,
      ),
    )
    if (shown.length < sorted.length)
      lines.push(
        ...quietLines(
          style,
          `${dots(style)} ${sorted.length - shown.length} more changed; --limit 0 for all`,
        ),
      )
  }
  return lines.length > 0 ? lines : ['no difference']
}

function nameText(style: Style, name: string, room: number): string {
  const safe = safeName(name)
  const parts: NameParts = safe.includes(' ') ? { path: '', fn: safe } : splitFunctionName(safe)
  const shown = fitName(parts, room, dots(style))
  return `${paint(style, 'quiet', shown.path)}${shown.fn}`
}
