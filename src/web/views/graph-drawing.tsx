// The call graph's lines and boxes, as SVG: the product's look on Graphviz' places. All names are text nodes.

import { useMemo } from 'preact/hooks'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { type GraphModel, labelText } from '../draw/graph-boxes.ts'
import { type GraphColour, lineStroke, nodeFill } from '../draw/graph-colours.ts'
import { type GraphPlaces, pathsOf } from '../draw/graph-layout.ts'
import { hovered, selected } from '../state.ts'

export interface StageProps {
  readonly g: CallGraph
  readonly model: GraphModel
  readonly places: GraphPlaces
  readonly by: GraphColour
  /** Node row -> whether a search matches; undefined if nothing is searched. */
  readonly marked: ReadonlySet<number> | undefined
}

export function GraphLines(
  props: StageProps & { readonly near: ReadonlySet<number>; readonly dimmed: boolean },
) {
  const { g, model, places, near, dimmed, marked } = props
  const paths = useMemo(() => model.lines.map((l, e) => pathsOf(places, e, l.width)), [model, places])
  return (
    <>
      {model.lines.map((l, e) => {
        const hot = near.has(e)
        const faint = dimmed && !hot && (marked === undefined || !(marked.has(l.from) || marked.has(l.to)))
        const stroke = `var(--${hot ? 'accent' : l.edge < 0 ? 'line-2' : lineStroke(g, l.weight)})`
        const [x, y] = [places.text[2 * e]!, places.text[2 * e + 1]!]
        return (
          <g
            key={e}
            class={`ge${faint ? ' faint' : ''}${l.residual ? ' residual' : ''}`}
            data-edge={e}
            style={{ stroke }}
          >
            <path class="hit" d={paths[e]!.line} />
            <path class="ln" d={paths[e]!.line} style={{ strokeWidth: `${l.width}px` }} />
            <path class="ar" d={paths[e]!.arrow} style={{ fill: stroke }} />
            {!Number.isNaN(x) && (
              <text x={x} y={y + 3.5} class={hot ? 'on' : ''}>
                {labelText(l)}
              </text>
            )}
          </g>
        )
      })}
    </>
  )
}

export function GraphBoxes(
  props: StageProps & { readonly current: number; readonly lit: number; readonly near: ReadonlySet<number> },
) {
  const { g, model, places, by, marked, current, lit, near } = props
  const ends = useMemo(() => {
    const out = new Set<number>()
    for (const e of near) {
      out.add(model.lines[e]!.from)
      out.add(model.lines[e]!.to)
    }
    return out
  }, [model, near])
  const size = Math.abs(g.whole) || 1
  return (
    <>
      {model.boxes.map((b, i) => {
        const x = places.at[2 * i]! - b.width / 2
        const y = places.at[2 * i + 1]! - b.height / 2
        const at = `translate(${x} ${y})`
        if (b.kind === 'tag')
          return (
            <g key={i} class="gn tag" transform={at} data-box={i}>
              <rect width={b.width} height={b.height} rx={9} />
              {b.texts.map((t) => (
                <text key={t.y} x={b.width / 2} y={t.y} style={{ fontSize: `${t.size}px` }}>
                  {t.text}
                </text>
              ))}
            </g>
          )
        const name = g.names[b.row]!
        const match = marked?.has(i) === true
        const dim = marked !== undefined && !match
        const fill = nodeFill(g, b.row, by)
        const cls = [
          'gn',
          match ? 'match' : fill.strength < 0.6 ? 'pale' : '',
          dim ? 'dim' : '',
          name === selected.value ? 'sel' : '',
          i === current ? 'at' : '',
          (hovered.value !== '' && name === hovered.value) || i === lit || ends.has(i) ? 'same' : '',
        ]
        return (
          <g
            key={i}
            class={cls.filter((c) => c !== '').join(' ')}
            transform={at}
            data-box={i}
            data-name={name.slice(0, 200)}
          >
            <rect
              class="back"
              width={b.width}
              height={b.height}
              rx={5}
              style={match ? undefined : { fill: `var(--${fill.token})`, fillOpacity: String(fill.strength) }}
            />
            <rect class="share" x={3} y={b.height - 6} width={b.width - 6} height={3} rx={1.5} />
            <rect
              class="share full"
              x={3}
              y={b.height - 6}
              width={(b.width - 6) * Math.min(1, Math.abs(g.total[b.row]!) / size)}
              height={3}
              rx={1.5}
            />
            {b.texts.map((t) => (
              <text key={t.y} x={b.width / 2} y={t.y} class={t.kind} style={{ fontSize: `${t.size}px` }}>
                {t.text}
              </text>
            ))}
          </g>
        )
      })}
    </>
  )
}
