// What the pointer is at in the call graph, in full.

import { shareText } from '../../core/base/people-fmt.ts'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { type GraphModel, graphValue, neighbours } from '../draw/graph-boxes.ts'
import { displayName, FunctionName } from '../parts/name.tsx'

/** What is under the pointer: a box or a line. */
export type Under = { readonly box: number } | { readonly line: number }

/** More of what is under the pointer; never over it. */
export function GraphTip(props: {
  readonly g: CallGraph
  readonly model: GraphModel
  readonly what: Under
  readonly x: number
  readonly y: number
  readonly screen: { readonly width: number; readonly height: number }
}) {
  const { g, model, what, x, y, screen } = props
  const right = x > screen.width - 380
  const low = y > screen.height - 180
  const style = {
    [right ? 'right' : 'left']: `${right ? screen.width - x + 18 : x + 18}px`,
    [low ? 'bottom' : 'top']: `${low ? screen.height - y + 14 : y + 14}px`,
  }
  if ('line' in what) {
    const l = model.lines[what.line]
    if (l === undefined || l.edge < 0) return null
    const [from, to] = [g.names[l.from]!, g.names[l.to]!]
    return (
      <div class="tip graph-tip" style={style}>
        <FunctionName name={from} />
        <div class="t3">
          {l.residual ? 'over functions that are not shown' : l.inlined ? 'inlined' : 'calls'}
        </div>
        <FunctionName name={to} />
        <div class="kv">
          <span>Weight</span>
          <b>{l.text}</b>
          <span>of all</span>
          <span>{shareText(l.weight, g.whole)}</span>
          <span>of the caller</span>
          <span>{shareText(l.weight, g.total[l.from]!)}</span>
          <span>of the callee</span>
          <span>{shareText(l.weight, g.total[l.to]!)}</span>
        </div>
      </div>
    )
  }
  const b = model.boxes[what.box]
  if (b === undefined) return null
  if (b.kind === 'tag')
    return (
      <div class="tip graph-tip" style={style}>
        <div class="m">{displayName(g.tags[b.row]!.name).slice(0, 600)}</div>
        <b>{graphValue(g, g.tags[b.row]!.weight)}</b>
      </div>
    )
  const full = displayName(g.names[b.row]!)
  return (
    <div class="tip graph-tip" style={style}>
      <div class="m whole">{full.length > 600 ? `${full.slice(0, 600)}…` : full}</div>
      {g.places[b.row] !== '' && <div class="t3 m">{displayName(g.places[b.row]!).slice(0, 300)}</div>}
      <div class="kv">
        <span>Self</span>
        <span>
          {graphValue(g, g.self[b.row]!)} {shareText(g.self[b.row]!, g.whole)}
        </span>
        <span>Total</span>
        <b>
          {graphValue(g, g.total[b.row]!)} {shareText(g.total[b.row]!, g.whole)}
        </b>
        <span>Callers, callees here</span>
        <span>
          {neighbours(model.lines, what.box, 'up').length}, {neighbours(model.lines, what.box, 'down').length}
        </span>
      </div>
    </div>
  )
}
