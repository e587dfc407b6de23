// The flame graph: where time or memory goes, path by path.

import { useMemo, useRef, useState } from 'preact/hooks'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import type { FlameParams, FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { go, param } from '../address.ts'
import type { Colouring } from '../draw/flame-colours.ts'
import { type Matches, neighbour, pathTo, type Step } from '../draw/flame-geometry.ts'
import { PathCodes } from '../draw/flame-path.ts'
import { useEscape, useKeys } from '../keys.ts'
import { Icon } from '../parts/icons.tsx'
import { FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Shareable, useShareables } from '../shareables.ts'
import { withoutChips } from '../shell/options.ts'
import { profileQuery, selected, transforms } from '../state.ts'
import { ColourMenu, Crumbs, FoldButtons, Legend, ViewMenu, WidthChoice } from './flame-bars.tsx'
import { useFlame, useForesight } from './flame-data.ts'
import { actionKeys, FrameMenu } from './flame-menu.tsx'
import { FlamePane, type PaneHandle } from './flame-pane.tsx'
import { Sandwich, Unmatched } from './flame-sandwich.tsx'
import { FlameSearch, useSearch } from './flame-search.tsx'
import {
  dropTransform,
  flameState,
  type Layout,
  placeKey,
  setFlame,
  setLayout,
  setPivot,
} from './flame-state.ts'
import type { ViewProps } from './view.ts'

const LAYOUT_CHOICES: readonly { id: Layout; title: string; hint: string }[] = [
  { id: 'icicle', title: 'Icicle', hint: 'From the roots down to what they call' },
  { id: 'flame', title: 'Flame', hint: 'The same, the roots at the bottom' },
  { id: 'callers', title: 'Callers', hint: 'From the leaves down to their callers' },
  { id: 'sandwich', title: 'Sandwich', hint: 'One function: its callers above, what it calls below' },
]

export function View({ panel }: ViewProps) {
  const query = profileQuery.value
  const state = flameState(panel)
  const { layout } = state
  const sel = selected.value
  const { pivot } = state
  const byLabel = state.colour === 'label' && state.label !== ''
  const difference = (query?.base?.length ?? 0) > 0
  const shared = query && {
    query,
    by: state.by,
    order: state.order,
    widths: difference ? state.widths : ('sum' as const),
    ...(byLabel && { label: state.label }),
  }
  const fn = state.fn !== '' ? state.fn : sel
  const below = state.callers && layout !== 'sandwich' && pivot === '' && sel !== ''
  const halves = shared && {
    ...shared,
    ...(pivot !== '' ? { pivot } : { fn: below ? sel : fn }),
  }
  const both = pivot !== '' || (layout === 'sandwich' && fn !== '')
  const up = useFlame(halves && (both || below) ? { ...halves, mode: 'up' } : undefined, false)
  const down = useFlame(halves && both ? { ...halves, mode: 'down' } : undefined, false)
  const unmatched = pivot !== '' && down.tree?.pivots?.length === 0
  const sandwich = pivot !== '' ? !unmatched : layout === 'sandwich'
  const zoom = param(placeKey(panel, 'main', 'zoom'))
  const main = useFlame(shared && { ...shared, mode: layout === 'callers' ? 'up' : 'down' }, !sandwich)
  const detailed = useDetail(main.tree, shared, layout, state.by === 'line', sandwich ? '' : zoom)
  const tree = detailed ?? main.tree
  useForesight(
    main.pending || sandwich
      ? undefined
      : shared && { ...shared, mode: layout === 'callers' ? 'up' : 'down' },
  )
  const search = useSearch()
  const [matches, setMatches] = useState<Matches>()
  const active = useRef<PaneHandle>(null)
  const input = useRef<HTMLInputElement>(null)
  const [menu, setMenu] = useState<{ box: number; pane: PaneHandle; x: number; y: number }>()

  const colouring: Colouring =
    state.colour === '' ||
    (state.colour === 'difference' && !tree?.difference) ||
    (state.colour === 'label' && !byLabel)
      ? tree?.difference
        ? 'difference'
        : 'origin'
      : state.colour

  useFlameKeys(panel, active, input, search.test !== undefined)
  useShareables(() => pictures(active.current))
  const zoomed = zoom !== '' || param(placeKey(panel, 'main', 'x')) !== ''
  useEscape('zoom', zoomed, () => active.current?.zoom(0))
  useEscape('selection', sel !== '', () => {
    active.current?.setCursor(-1, false)
    go({ set: { sel: undefined } })
  })
  useEscape('pivot', pivot !== '', () => setPivot(panel, ''))
  useEscape('transform', transforms.value.length > 0, () => dropTransform(panel, transforms.value.length - 1))

  const error = main.error ?? up.error ?? down.error
  if (error !== undefined && tree === undefined) return <Failed error={error} />
  if (tree === undefined)
    return <Loading what="building the flame graph" {...(main.progress && { progress: main.progress })} />

  const paneProps = {
    panel,
    colouring,
    byLine: state.by === 'line',
    test: search.test,
    active,
    onMenu: (box: number, pane: PaneHandle, x: number, y: number) => setMenu({ box, pane, x, y }),
  }
  const next = (step: 1 | -1): void => stepMatch(active.current, step)
  return (
    <>
      <div class="bar0 fl-bar">
        <Segmented
          label="Layout"
          choices={LAYOUT_CHOICES}
          value={sandwich ? 'sandwich' : layout}
          onChoose={(l) => setLayout(panel, l, sel !== '' ? sel : heaviest(tree))}
        />
        <ColourMenu panel={panel} colouring={colouring} label={state.label} difference={tree.difference} />
        {tree.difference && <WidthChoice panel={panel} state={state} />}
        <FoldButtons panel={panel} />
        <ViewMenu panel={panel} state={state} onTable={() => go({ view: 'top' })} />
        <span class="grow" />
        <FlameSearch
          panel={panel}
          search={search}
          matches={matches}
          tree={tree}
          query={query}
          onNext={next}
          inputRef={input}
        />
      </div>
      <div class="fl-bar2">
        <Crumbs
          panel={panel}
          tree={tree}
          zoom={sandwich ? '' : zoom}
          byLine={state.by === 'line'}
          pane={active}
        />
        <Legend tree={(sandwich ? down.tree : undefined) ?? tree} colouring={colouring} label={state.label} />
      </div>
      {unmatched && <Unmatched panel={panel} pivot={pivot} />}
      <Notice tree={tree} />
      <div class={`fl-body${main.pending ? ' pending' : ''}`} data-detail={tree.huge ? 'all' : tree.detail}>
        {sandwich ? (
          <Sandwich
            panel={panel}
            fn={fn}
            pivot={pivot}
            up={up.tree}
            down={down.tree}
            upKey={up.key}
            downKey={down.key}
            paneProps={paneProps}
            setMatches={setMatches}
            error={error}
          />
        ) : tree.boxes.count === 1 && tree.trimmed.count === 0 ? (
          <Nothing tree={tree} />
        ) : (
          <FlamePane
            {...paneProps}
            key={layout === 'callers' ? 'callers' : 'main'}
            pane="main"
            tree={tree}
            treeKey={main.key}
            up={layout === 'flame'}
            minimap
            label={`Flame graph, ${layout}`}
            onMatches={setMatches}
          />
        )}
        {below && up.tree !== undefined && (
          <div class="fl-below">
            <div class="ph">
              <span>Callers of</span>
              <FunctionName name={sel} />
              <span class="t3">{valueText(up.tree.boxes.total[0]!, up.tree.unit)}, every path merged</span>
              <span class="grow" />
              <button
                type="button"
                class="ctl q ic"
                aria-label="Close the callers"
                title="Close"
                onClick={() => setFlame(panel, { callers: '' })}
              >
                <Icon name="close" />
              </button>
            </div>
            <FlamePane
              {...paneProps}
              pane="callers"
              tree={up.tree}
              treeKey={up.key}
              up
              skip={1}
              label={`Callers of ${sel}`}
            />
          </div>
        )}
      </div>
      {menu !== undefined && <FrameMenu panel={panel} {...menu} onClose={() => setMenu(undefined)} />}
    </>
  )
}

/** The graph that was used last, to be copied or saved. */
function pictures(pane: PaneHandle | null): Shareable[] {
  if (pane === null) return []
  const { surface } = pane
  return [
    {
      id: 'flame.png',
      title: 'Flame graph as PNG',
      fileName: 'flame.png',
      make: () => surface.png(),
    },
    {
      id: 'flame.svg',
      title: 'Flame graph as SVG',
      fileName: 'flame.svg',
      make: () => new Blob([surface.svg()], { type: 'image/svg+xml' }),
    },
  ]
}

/** More of what is zoomed into, where the tree left something out. */
function useDetail(
  tree: FlameTree | undefined,
  shared: Omit<FlameParams, 'mode' | 'detail'> | undefined,
  layout: Layout,
  byLine: boolean,
  zoom: string,
): FlameTree | undefined {
  const path = useMemo(() => {
    if (tree === undefined || tree.trimmed.count === 0 || zoom === '') return undefined
    const { boxes, frames } = tree
    const box = new PathCodes(frames, byLine).find(boxes, zoom)
    if (box === 0) return undefined
    return pathTo(boxes, box).map((b) => {
      const f = boxes.frame[b]!
      const name = frames.names[f]!
      return byLine ? { name, file: frames.files[frames.file[f]!]!, line: frames.line[f]! } : { name }
    })
  }, [tree, zoom, byLine])
  const answer = useFlame(
    shared && path && { ...shared, mode: layout === 'callers' ? 'up' : 'down', path },
    true,
  )
  return path !== undefined && !answer.pending && answer.error === undefined ? answer.tree : undefined
}

function useFlameKeys(
  panel: ViewProps['panel'],
  active: { readonly current: PaneHandle | null },
  input: { readonly current: HTMLInputElement | null },
  searching: boolean,
): void {
  const step = (visual: 'up' | 'down' | 'left' | 'right') => () => {
    const pane = active.current
    if (pane === null) return
    const at = pane.cursor()
    const inward = pane.up ? 'up' : 'down'
    const to: Step = visual === 'left' || visual === 'right' ? visual : visual === inward ? 'in' : 'out'
    const box = at < 0 ? Math.max(1, pane.zoomedBox()) : neighbour(pane.tree.boxes, at, to)
    if (box >= pane.tree.boxes.count) return
    pane.setCursor(box)
    pane.surface.reveal(box)
  }
  const zoomBy = (factor: number) => () => active.current?.surface.zoomBy(factor)
  const openMenu = (): void => {
    const pane = active.current
    const box = pane?.cursor() ?? -1
    const place = pane?.surface.placeOf(Math.max(0, box))
    if (pane && place)
      pane.surface.menu(Math.max(0, box), place.x + Math.min(24, place.width / 2), place.y + 18)
  }
  useKeys('Flame graph', {
    '/': { does: 'search', run: () => input.current?.select() },
    ...(searching && {
      n: { does: 'next match', run: () => stepMatch(active.current, 1) },
      'Shift+n': { does: 'match before', run: () => stepMatch(active.current, -1) },
    }),
    ArrowUp: { does: 'frame above', run: step('up') },
    ArrowDown: { does: 'frame below', run: step('down') },
    ArrowLeft: { does: 'frame to the left', run: step('left') },
    ArrowRight: { does: 'frame to the right', run: step('right') },
    '0': { does: 'show all', run: () => active.current?.zoom(0) },
    '+': { does: 'zoom in', run: zoomBy(1.6) },
    '=': { does: 'zoom in', run: zoomBy(1.6), hidden: true },
    '-': { does: 'zoom out', run: zoomBy(1 / 1.6) },
    ContextMenu: { does: 'all actions', run: openMenu },
    'Shift+F10': { does: 'all actions', run: openMenu, hidden: true },
    ...actionKeys(panel, () => active.current),
  })
}

/** Goes to the next match from the frame that keys are on, round and round. */
function stepMatch(pane: PaneHandle | null, step: 1 | -1): void {
  const tops = pane?.tops()
  if (pane === null || tops === undefined || tops.length === 0) return
  const at = tops.indexOf(pane.cursor())
  const box = tops[at < 0 ? (step === 1 ? 0 : tops.length - 1) : (at + step + tops.length) % tops.length]!
  pane.setCursor(box)
  pane.surface.reveal(box)
}

/** The heaviest function of the reader's own code, or of any. */
function heaviest(t: FlameTree): string {
  const { frames } = t
  let best = 0
  for (const own of [true, false]) {
    for (let f = 1; f < frames.names.length; f++)
      if (
        (!own || frames.origin[f] === 0) &&
        Math.abs(frames.total[f]!) > Math.abs(best === 0 ? 0 : frames.total[best]!)
      )
        best = f
    if (best !== 0) break
  }
  return frames.names[best] ?? ''
}

/** What is not in the picture, and what must be known to read it. */
function Notice({ tree }: { readonly tree: FlameTree }) {
  const { trimmed, unit, whole, difference, boxes } = tree
  const parts = withoutChips(tree.remarks)
  // What a first view leaves out is on its way.
  if (trimmed.count > 0 && (tree.detail === 'all' || tree.huge))
    parts.push(
      `${valueText(trimmed.count, 'count')} paths lighter than ${valueText(Math.ceil(trimmed.least), unit)} each are left out, ${shareText(trimmed.weight, whole)} in all. Zooming in shows them.`,
    )
  if (difference && boxes.middle > 0)
    parts.push(
      'Left of the line is what was taken away, right of it what was added; widths are the size of the change.',
    )
  else if (difference)
    parts.push('Widths: before and after together; the coloured part of a frame is its change.')
  if (tree.samples === 1) parts.push('One sample.')
  if (parts.length === 0) return null
  return (
    <div class="fl-notice xs t2" role="note">
      {parts.join(' ')}
    </div>
  )
}

function Nothing({ tree }: { readonly tree: FlameTree }) {
  const filtered = transforms.value.length > 0
  return (
    <Empty
      title={
        tree.samples === 0
          ? filtered
            ? 'No samples are left'
            : 'There are no samples to draw'
          : 'The samples have no stacks'
      }
    >
      {tree.samples === 0
        ? filtered
          ? 'The changes above leave nothing. Esc takes the last one back.'
          : 'Nothing of this kind was recorded, or all values are 0. Another sample type may have some.'
        : `${valueText(tree.boxes.total[0]!, tree.unit)} in all, without a word about where.`}
    </Empty>
  )
}
