// What a frame is and takes, beside it: repeats and details, and never lies over the frame itself.

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { BOX_INLINED, BOX_RECURSIVE, BOX_TRIMMED } from '../../core/analysis/flame/boxes.ts'
import { ORIGIN_TITLES, ORIGINS } from '../../core/analysis/origin.ts'
import { shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { displayName } from '../parts/name.tsx'
import { labelText, rootText } from './flame-text.ts'

const EDGE = 8

export function FlameTip(props: {
  readonly tree: FlameTree
  readonly box: number
  /** Where the pointer is, in the window. */
  readonly x: number
  readonly y: number
  readonly up: boolean
  readonly row: number
}) {
  const { tree, box, x, y, row } = props
  const el = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<{ left: number; top: number }>()
  useLayoutEffect(() => {
    const { offsetWidth: w, offsetHeight: h } = el.current!
    const below = y + row + 4
    const top = below + h + EDGE <= innerHeight ? below : Math.max(EDGE, y - row - 4 - h)
    setAt({ left: Math.max(EDGE, Math.min(x + 12, innerWidth - w - EDGE)), top })
  }, [box, x, y])
  const { boxes, frames, unit, whole } = tree
  const f = boxes.frame[box]!
  const flags = boxes.flags[box]!
  const line = frames.line[f]!
  const file = frames.files[frames.file[f]!]!
  const parent = boxes.parent[box]!
  const value = (v: number): string => (tree.difference ? signedValueText(v, unit) : valueText(v, unit))
  const facts: [string, string, string][] =
    box === 0
      ? []
      : [
          ['Total', value(boxes.total[box]!), shareText(boxes.total[box]!, whole)],
          ['Self', value(boxes.self[box]!), shareText(boxes.self[box]!, whole)],
        ]
  if (boxes.before !== undefined)
    facts.push([
      'Before → now',
      `${valueText(boxes.before[box]!, unit)} → ${valueText(boxes.after![box]!, unit)}`,
      '',
    ])
  if (parent > 0 && !tree.difference)
    facts.push(['Of its caller', shareText(boxes.width[box]!, boxes.width[parent]!), ''])
  if (box > 0 && frames.total[f]! !== boxes.total[box]!)
    facts.push(['In all places', value(frames.total[f]!), shareText(frames.total[f]!, whole)])
  if (tree.labels !== undefined && box > 0)
    facts.push([
      'Label',
      labelText(tree.labels.values[boxes.label![box]!]!),
      shareText(boxes.labelShare![box]!, 1),
    ])
  const notes = [
    ...(box > 0 ? [ORIGIN_TITLES[ORIGINS[frames.origin[f]!]!]] : []),
    ...(flags & BOX_INLINED ? ['inlined into its caller'] : []),
    ...(flags & BOX_RECURSIVE ? ['↻ called from itself'] : []),
    ...(flags & BOX_TRIMMED ? ['lighter callees left out: zoom in'] : []),
  ]
  return (
    <div
      ref={el}
      class="tip fl-tip"
      role="presentation"
      style={at === undefined ? { visibility: 'hidden' } : { left: `${at.left}px`, top: `${at.top}px` }}
    >
      <div class="m fl-tip-name">
        {box === 0 ? rootText(tree) : displayName(frames.names[f]!).slice(0, 600)}
      </div>
      {file !== '' && (
        <div class="t3 xs fl-tip-name">
          {displayName(file).slice(-200)}
          {line > 0 && `:${line}`}
        </div>
      )}
      {facts.length > 0 && (
        <div class="fl-tip-facts">
          {facts.map(([title, text, share]) => (
            <>
              <span class="t2">{title}</span>
              <b class="num">{text}</b>
              <span class="t3 num">{share}</span>
            </>
          ))}
        </div>
      )}
      {notes.length > 0 && <div class="t3 xs">{notes.join(' · ')}</div>}
    </div>
  )
}
