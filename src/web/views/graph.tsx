// The call graph: functions as boxes, calls as lines between them.

import { useEffect, useMemo, useState } from 'preact/hooks'
import { ORIGIN_TITLES, ORIGINS } from '../../core/analysis/origin.ts'
import { groupDigits } from '../../core/base/people-fmt.ts'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { go, param } from '../address.ts'
import { graphModel } from '../draw/graph-boxes.ts'
import { GRAPH_COLOURS, type GraphColour } from '../draw/graph-colours.ts'
import { graphSvg } from '../draw/graph-svg.ts'
import { palette } from '../draw/palette.ts'
import { stopLayout, warmLayout } from '../graph-client.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { useFunctionKeys } from '../parts/function-actions.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { ask, useAnswer } from '../session.ts'
import { type Shareable, useShareables } from '../shareables.ts'
import { withoutChips } from '../shell/options.ts'
import { viewNote } from '../shell/status-bar.tsx'
import { profileQuery, selected } from '../state.ts'
import { GraphStage } from './graph-stage.tsx'
import { type LayoutState, useGraphLayout } from './use-graph-layout.ts'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  useEffect(warmLayout, [])
  const query = profileQuery.value
  const { value, error, progress } = useAnswer('graph', query && { query })
  if (error !== undefined) return <Failed error={error} title="This graph cannot be shown" />
  if (value === undefined) return <Loading what="adding up calls" {...(progress && { progress })} />
  return <Graph g={value} />
}

const COLOUR_TITLES: Readonly<Record<GraphColour, string>> = {
  origin: 'Origin',
  package: 'Package',
  weight: 'Weight',
  change: 'Change',
}

function colouring(g: CallGraph): GraphColour {
  const chosen = GRAPH_COLOURS.find((c) => c === param('graph.colour'))
  if (chosen !== undefined && (chosen !== 'change' || g.difference)) return chosen
  return g.difference ? 'change' : 'origin'
}

function Graph({ g }: { readonly g: CallGraph }) {
  const unit = param('u') || 'auto'
  const model = useMemo(() => graphModel(g, unit), [g, unit])
  const [patientFor, setPatientFor] = useState<unknown>()
  const layout = useGraphLayout(model, patientFor === model)
  const filter = useFilter('q', g.names.length, (row) => g.names[row]!, g)
  const marked = useMemo(() => (filter.rows === undefined ? undefined : new Set(filter.rows)), [filter.rows])
  const by = colouring(g)
  useFunctionKeys('Graph', () => selected.value)
  useEffect(() => {
    viewNote.value = `${groupDigits(g.names.length)} functions, ${groupDigits(g.edges.from.length)} calls`
    return () => {
      viewNote.value = ''
    }
  }, [g])
  // What is on the screen stays until the next layout is there.
  const drawn = layout.places !== undefined && layout.model === model ? layout.places : undefined
  useShareables(() => pictures(g, model, drawn, by))
  const remarks = withoutChips(g.remarks)
  return (
    <>
      <div class="bar0">
        <FilterBox filter={filter} what="functions" />
        <span class="grow" />
        <Trimming />
        <Segmented
          label="Calls"
          value={param('calltree') === 't' || param('calltree') === 'true' ? 'tree' : 'graph'}
          choices={[
            { id: 'graph', title: 'Functions', hint: 'One box a function' },
            { id: 'tree', title: 'Call tree', hint: 'One box for each way to a function' },
          ]}
          onChoose={(id) => go({ set: { calltree: id === 'tree' ? 't' : undefined, 'graph.at': undefined } })}
        />
        <Segmented
          label="Colour"
          value={by}
          choices={GRAPH_COLOURS.filter((c) => c !== 'change' || g.difference).map((id) => ({
            id,
            title: COLOUR_TITLES[id],
          }))}
          onChoose={(id) => go({ set: { 'graph.colour': id } })}
        />
      </div>
      {remarks.length > 0 && (
        <div class="remarks" role="note">
          {remarks.map((r) => (
            <p key={r}>{r}</p>
          ))}
        </div>
      )}
      {g.names.length === 0 ? (
        <Empty title="There is nothing to draw">
          {param('t') !== '' || param('f') !== ''
            ? 'No sample is left by the filters and transforms.'
            : 'No function has any weight in this sample type.'}
        </Empty>
      ) : drawn === undefined ? (
        <Waiting g={g} layout={layout} onPatience={() => setPatientFor(model)} />
      ) : (
        <>
          <Legend g={g} by={by} />
          <GraphStage g={g} model={model} places={drawn} by={by} marked={marked} />
        </>
      )}
    </>
  )
}

const NODE_COUNTS: readonly (readonly [value: string, title: string])[] = [
  ['20', '20 functions'],
  ['40', '40 functions'],
  ['', '80 functions'],
  ['160', '160 functions'],
  ['320', '320 functions'],
  ['0', 'all functions'],
]

/** How much of the graph is shown. */
function Trimming() {
  const n = param('n')
  const known = NODE_COUNTS.some(([v]) => v === n)
  return (
    <>
      <select
        class="ctl"
        aria-label="Most functions"
        value={n}
        onChange={(e) => go({ set: { n: e.currentTarget.value || undefined, 'graph.at': undefined } })}
      >
        {!known && <option value={n}>{n} functions</option>}
        {NODE_COUNTS.map(([v, title]) => (
          <option key={v} value={v}>
            {title}
          </option>
        ))}
      </select>
      <Fraction name="nf" title="Functions from" initial={0.5} />
      <Fraction name="ef" title="Calls from" initial={0.1} />
    </>
  )
}

/** A share below which things are left out, in percent. */
function Fraction({
  name,
  title,
  initial,
}: {
  readonly name: string
  readonly title: string
  readonly initial: number
}) {
  const text = param(name)
  const value = text === '' ? initial : Number(text) * 100
  return (
    <label class="ctl fraction" title={`${title} this share of all on are shown`}>
      <span class="t2">{title}</span>
      <input
        type="number"
        min={0}
        max={100}
        step={0.1}
        value={Number.isFinite(value) ? Number(value.toPrecision(3)) : initial}
        onChange={(e) => {
          const v = e.currentTarget.valueAsNumber
          const set = Number.isNaN(v) || v === initial ? undefined : String(Number((v / 100).toPrecision(6)))
          go({ set: { [name]: set, 'graph.at': undefined } })
        }}
      />
      <span class="t3">%</span>
    </label>
  )
}

/** While there is no picture: why, and what can be done. */
function Waiting({
  g,
  layout,
  onPatience,
}: {
  readonly g: CallGraph
  readonly layout: LayoutState
  readonly onPatience: () => void
}) {
  const size = `${groupDigits(g.names.length)} functions and ${groupDigits(g.edges.from.length)} calls`
  const fewer = (n: string) => (
    <button type="button" class="ctl p" onClick={() => go({ set: { n, 'graph.at': undefined } })}>
      Show the {n} most important
    </button>
  )
  if (layout.pending)
    return (
      <div class="empty loading" role="status">
        <p class="t2">
          laying out {size}
          {layout.seconds > 0 && ` · ${layout.seconds} s`}
        </p>
        {layout.seconds > 1 && (
          <div class="row">
            {fewer('40')}
            <button type="button" class="ctl" onClick={stopLayout}>
              Stop
            </button>
          </div>
        )}
      </div>
    )
  if (layout.error !== undefined)
    return (
      <div class="empty" role="alert">
        <h2>Graphviz could not lay this out</h2>
        <p class="t2">
          {layout.error} ({size})
        </p>
        <div class="row">{fewer('40')}</div>
      </div>
    )
  if (layout.tooLarge || layout.stopped)
    return (
      <div class="empty">
        <h2>{layout.stopped ? 'The layout was stopped' : 'That is a lot for a picture'}</h2>
        <p class="t2">
          {size}
          {layout.stopped
            ? ' take long to lay out. Fewer boxes show more; focus on a function shows its part.'
            : ' may take minutes to lay out, and nobody finds anything in it.'}
        </p>
        <div class="row">
          {fewer('80')}
          {fewer('320')}
          <button type="button" class="ctl" onClick={onPatience}>
            Lay it out all the same
          </button>
        </div>
      </div>
    )
  return <Loading what="laying out the graph" />
}

/** What the colours mean, and what is not shown. */
function Legend({ g, by }: { readonly g: CallGraph; readonly by: GraphColour }) {
  const origins = ORIGINS.filter((_, i) => g.origin.includes(i))
  const left = Math.max(0, g.candidates - g.names.length) + g.droppedNodes
  return (
    <div class="graph-legend">
      {by === 'origin' &&
        origins.map((o) => (
          <span class="lg" key={o}>
            <i style={{ background: `var(--org-${o})`, height: '9px' }} />
            {ORIGIN_TITLES[o]}
          </span>
        ))}
      {by === 'change' && (
        <>
          <span class="lg">
            <i style={{ background: 'var(--diff-plus-3)', height: '9px' }} />
            more
          </span>
          <span class="lg">
            <i style={{ background: 'var(--diff-minus-3)', height: '9px' }} />
            less
          </span>
        </>
      )}
      {by === 'weight' && <span class="lg">the stronger, the more of all</span>}
      {by === 'package' && <span class="lg">a colour a package</span>}
      {g.edges.residual.includes(1) && (
        <span class="lg">
          <i class="dash" />
          over others
        </span>
      )}
      {left > 0 && <span class="lg">{groupDigits(left)} lighter functions are not shown</span>}
    </div>
  )
}

function pictures(
  g: CallGraph,
  model: ReturnType<typeof graphModel>,
  places: LayoutState['places'],
  by: GraphColour,
): Shareable[] {
  const query = profileQuery.peek()
  const dot: Shareable = {
    id: 'graph-dot',
    title: 'Graph for Graphviz (DOT)',
    fileName: 'graph.dot',
    make: async () =>
      new Blob([query === undefined ? '' : await ask('graph-dot', { query })], { type: 'text/vnd.graphviz' }),
  }
  if (places === undefined) return [dot]
  const svg = (): string => graphSvg(g, model, places, by, palette.peek())
  return [
    {
      id: 'graph-svg',
      title: 'Graph as SVG',
      fileName: 'graph.svg',
      make: () => new Blob([svg()], { type: 'image/svg+xml' }),
    },
    { id: 'graph-png', title: 'Graph as PNG', fileName: 'graph.png', make: () => pngOf(svg(), places) },
    dot,
  ]
}

/** Larger pictures are more than browsers draw. */
const MOST_SIDE = 8000

async function pngOf(
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Blob> {
  const k = Math.min(2, MOST_SIDE / Math.max(width, height))
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = new OffscreenCanvas(Math.ceil(image.width * k), Math.ceil(image.height * k))
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await canvas.convertToBlob({ type: 'image/png' })
  } finally {
    URL.revokeObjectURL(url)
  }
}
