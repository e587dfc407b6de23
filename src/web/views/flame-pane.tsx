// One flame graph: canvases, what is in sight, tooltip, minimap, and the frame that keys and screen readers are on.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { go, param } from '../address.ts'
import { type Colouring, fillsOf } from '../draw/flame-colours.ts'
import { boxesOf, depthOf, type Matches, matchBoxes, type Range, topMatches } from '../draw/flame-geometry.ts'
import { paintMinimap } from '../draw/flame-minimap.ts'
import type { Scene } from '../draw/flame-painter.ts'
import { PathCodes } from '../draw/flame-path.ts'
import { FlameSurface } from '../draw/flame-surface.ts'
import { parseRange, rangeText } from '../draw/flame-viewport.ts'
import { palette } from '../draw/palette.ts'
import type { PanelId } from '../keys.ts'
import type { TextTest } from '../parts/filter-rows.ts'
import { displayName, isBlank, NO_NAME } from '../parts/name.tsx'
import { viewNote } from '../shell/status-bar.tsx'
import { hovered, selected } from '../state.ts'
import { type Pane, placeKey } from './flame-state.ts'
import { boxSentence, changeText, mixText, rootText } from './flame-text.ts'
import { FlameTip } from './flame-tip.tsx'

export interface PaneHandle {
  readonly surface: FlameSurface
  readonly tree: FlameTree
  readonly up: boolean
  /** Boxes that N steps through, from left to right; none while nothing is looked for. */
  tops(): Uint32Array
  /** The frame that keys are on; -1 if none is. */
  cursor(): number
  setCursor(box: number, select?: boolean): void
  zoom(box: number): void
  zoomedBox(): number
}

export interface PaneProps {
  readonly panel: PanelId
  readonly pane: Pane
  readonly tree: FlameTree
  readonly treeKey: string
  readonly up: boolean
  /** Rows at the root that are left out. */
  readonly skip?: number
  readonly colouring: Colouring
  readonly byLine: boolean
  readonly test: TextTest | undefined
  readonly minimap?: boolean
  readonly label: string
  /** Set to this pane whenever it is used. */
  readonly active: { current: PaneHandle | null }
  readonly onMenu: (box: number, handle: PaneHandle, x: number, y: number) => void
  readonly onMatches?: (m: Matches | undefined) => void
}

const TIP_DELAY = 250
const NOTE_DELAY = 200
const MINIMAP_DELAY = 40
const NOTHING = new Uint32Array(0)

/** Boxes of functions of one name. */
function boxesNamed(tree: FlameTree, name: string): Uint32Array {
  if (name === '') return NOTHING
  const { names } = tree.frames
  const marked = new Uint8Array(names.length)
  let any = false
  for (let f = 1; f < names.length; f++)
    if (names[f] === name) {
      marked[f] = 1
      any = true
    }
  return any ? boxesOf(tree.boxes, marked) : NOTHING
}

function marksOf(names: readonly string[], test: TextTest): Uint8Array {
  const out = new Uint8Array(names.length)
  for (let f = 1; f < out.length; f++) if (test(names[f]!)) out[f] = 1
  return out
}

export function FlamePane(props: PaneProps) {
  const {
    panel,
    pane,
    tree,
    up,
    skip = 0,
    colouring,
    byLine,
    test,
    minimap,
    label,
    active,
    onMenu,
    onMatches,
  } = props
  const host = useRef<HTMLDivElement>(null)
  const base = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const mini = useRef<HTMLCanvasElement>(null)
  const lens = useRef<HTMLDivElement>(null)
  const surface = useRef<FlameSurface>(null)
  const [cursor, setCursor] = useState(-1)
  const [tip, setTip] = useState<{ box: number; x: number; y: number }>()
  const tipTimer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const noteTimer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const overBox = useRef(-1)
  const paint = palette.value
  const key = (what: 'zoom' | 'x' | 'y'): string => placeKey(panel, pane, what)
  const zoom = param(key('zoom'))
  const rangeParam = param(key('x'))
  const topParam = param(key('y'))
  const { boxes, frames } = tree
  const codes = useMemo(() => new PathCodes(frames, byLine), [frames, byLine])
  const whole = boxes.width[0]!
  const zoomed = useMemo(() => codes.find(boxes, zoom), [codes, zoom])

  const marked = useMemo(() => (test === undefined ? undefined : marksOf(frames.names, test)), [frames, test])
  const matches = useMemo(
    () => (marked === undefined ? undefined : matchBoxes(boxes, marked)),
    [boxes, marked],
  )
  useLayoutEffect(() => onMatches?.(matches), [matches])

  const scene = useMemo((): Scene => {
    const fills = fillsOf({
      boxes,
      frames,
      colouring,
      labels: tree.labels,
      whole: tree.whole,
      palette: paint,
      marked,
      matches,
    })
    const inkOf = new Uint8Array(frames.names.length)
    for (let f = 0; f < inkOf.length; f++)
      inkOf[f] =
        marked !== undefined
          ? marked[f] === 1
            ? 2
            : 3
          : colouring === 'origin' && frames.origin[f] !== 0
            ? 0
            : 1
    const fill = paint('on-fill')
    return {
      boxes,
      frames,
      fills,
      marked,
      ink: [
        [fill, paint('on-fill-2')],
        [fill, fill],
        [paint('on-match'), paint('on-match')],
        [paint('text-2'), paint('text-2')],
      ],
      inkOf,
      behind:
        colouring === 'label'
          ? (box) => mixText(tree, box)
          : boxes.before === undefined
            ? undefined
            : (box) => (boxes.total[box] === 0 ? '' : changeText(tree, box)),
      rootLabel: rootText(tree),
      rootInk: paint('text-1'),
      font: `11.5px ${paint('font-ui')}`,
      shown: (name) => (isBlank(name) ? NO_NAME : displayName(name)),
      outline: {
        hover: paint('accent'),
        selected: paint('focus'),
        cursor: paint('focus'),
        middle: paint('line-3'),
      },
    }
  }, [boxes, colouring, paint, marked, matches])

  // What events see: the newest of everything.
  const now = useRef({ scene, tree, codes, zoomed, cursor, key, onMenu })
  now.current = { scene, tree, codes, zoomed, cursor, key, onMenu }

  const hideTip = (): void => {
    clearTimeout(tipTimer.current)
    setTip(undefined)
  }
  const nameOf = (box: number): string =>
    box <= 0 ? '' : now.current.tree.frames.names[now.current.tree.boxes.frame[box]!]!
  const moveCursor = (box: number, select = true): void => {
    setCursor(box)
    if (select && nameOf(box) !== selected.peek())
      go({ set: { sel: nameOf(box) || undefined } }, { replace: true })
  }
  const zoomOn = (box: number): void => {
    hideTip()
    const { tree: t, codes: c, key: k } = now.current
    surface.current?.zoomTo(box)
    go({
      set: {
        [k('zoom')]: box <= 0 ? undefined : c.encode(t.boxes, box),
        [k('x')]: undefined,
        [k('y')]: undefined,
      },
    })
  }
  const handle = useMemo((): PaneHandle => {
    let found: Uint32Array | undefined
    return {
      get surface() {
        return surface.current!
      },
      tree,
      up,
      tops() {
        found ??= marked === undefined ? NOTHING : topMatches(boxes, marked)
        return found
      },
      cursor: () => now.current.cursor,
      setCursor: moveCursor,
      zoom: zoomOn,
      zoomedBox: () => now.current.zoomed,
    }
  }, [tree, up, marked])
  const activate = (): void => {
    active.current = handle
  }
  const latest = useRef(handle)
  latest.current = handle
  useLayoutEffect(() => {
    if (pane !== 'callers' || active.current === null) active.current = handle
  }, [handle])

  useLayoutEffect(() => {
    const s = new FlameSurface(host.current!, base.current!, over.current!, {
      hover(box, x, y) {
        if (box === overBox.current && tipTimer.current !== undefined) return
        overBox.current = box
        hideTip()
        const name = nameOf(box)
        if (name !== hovered.peek()) hovered.value = name
        if (box >= 0) tipTimer.current = setTimeout(() => setTip({ box, x, y }), TIP_DELAY)
      },
      select(box) {
        active.current = latest.current
        hideTip()
        if (box < 0) return
        setCursor(box)
        if (nameOf(box) !== selected.peek()) go({ set: { sel: nameOf(box) || undefined } })
      },
      zoom: zoomOn,
      menu(box, x, y) {
        active.current = latest.current
        hideTip()
        moveCursor(box)
        now.current.onMenu(box, latest.current, x, y)
      },
      settled(range, top) {
        const { tree: t, key: k, zoomed: z } = now.current
        const b = t.boxes
        const exact = range.from === b.x[z] && range.to === b.x[z]! + b.width[z]!
        go(
          {
            set: {
              [k('x')]: exact ? undefined : rangeText(range, b.width[0]!) || undefined,
              [k('y')]: top < 1 ? undefined : String(Math.round(top)),
            },
          },
          { replace: true },
        )
      },
      painted(ms) {
        // The status line is written when things have come to rest.
        clearTimeout(noteTimer.current)
        noteTimer.current = setTimeout(() => {
          viewNote.value = `drawn in ${ms < 1 ? '<1' : Math.round(ms)} ms`
        }, NOTE_DELAY)
      },
      moved(range) {
        if (lens.current === null) return
        const w = now.current.tree.boxes.width[0]! || 1
        lens.current.style.left = `${(range.from / w) * 100}%`
        lens.current.style.width = `${((range.to - range.from) / w) * 100}%`
      },
    })
    surface.current = s
    return () => {
      clearTimeout(tipTimer.current)
      clearTimeout(noteTimer.current)
      if (hovered.peek() !== '') hovered.value = ''
      s.close()
    }
  }, [])

  // Another tree, other colours: in its place. A range in the address counts within the zoomed tree.
  const placed = useRef<{ boxes: unknown; zoom: string; x: string; y: string; up: boolean }>(undefined)
  useLayoutEffect(() => {
    const s = surface.current!
    const before = placed.current
    const at: Range = parseRange(rangeParam, whole) ?? {
      from: boxes.x[zoomed]!,
      to: boxes.x[zoomed]! + boxes.width[zoomed]!,
    }
    const top = topParam === '' ? undefined : Number(topParam)
    placed.current = { boxes, zoom, x: rangeParam, y: topParam, up }
    if (before === undefined || before.boxes !== boxes || before.up !== up)
      s.show(
        scene,
        { up, skip },
        at,
        Number.isFinite(top) ? top : before === undefined || before.up !== up ? 0 : undefined,
      )
    else {
      s.show(scene, { up, skip }, s.range)
      if (before.zoom !== zoom || before.x !== rangeParam)
        s.goTo({ range: at, ...(top !== undefined && Number.isFinite(top) && { top }) })
    }
  }, [scene, zoom, rangeParam, up, skip])
  useEffect(() => setCursor(-1), [props.treeKey])

  useEffect(() => {
    if (!minimap) return
    // What was asked for comes first.
    const soon = setTimeout(() => {
      if (mini.current !== null) paintMinimap(mini.current, boxes, scene.fills, up)
    }, MINIMAP_DELAY)
    return () => clearTimeout(soon)
  }, [scene, up])
  const sel = selected.value
  const hov = hovered.value
  const selBoxes = useMemo(() => boxesNamed(tree, sel), [tree, sel])
  const hovBoxes = useMemo(() => (hov === sel ? NOTHING : boxesNamed(tree, hov)), [tree, hov, sel])
  useLayoutEffect(() => {
    surface.current!.mark({
      selected: selBoxes,
      hovered: hovBoxes,
      cursor: cursor < boxes.count ? cursor : -1,
    })
  }, [selBoxes, hovBoxes, cursor, scene])
  // Chosen elsewhere: brought into sight.
  const own = useRef('')
  useEffect(() => {
    if (sel === own.current) return
    own.current = sel
    const first = selBoxes[0]
    if (first === undefined || (cursor > 0 && nameOf(cursor) === sel)) return
    let widest = first
    for (const box of selBoxes) if (boxes.width[box]! > boxes.width[widest]!) widest = box
    if (cursor >= 0) setCursor(-1)
    if (pane === 'main' && placed.current !== undefined && zoom === '' && rangeParam === '')
      surface.current!.reveal(widest)
  }, [sel, selBoxes])

  const live = cursor > 0 && cursor < boxes.count ? boxSentence(tree, cursor) : label
  const id = `flame-${panel}-${pane}`
  return (
    <div class="fl-pane" data-pane={pane}>
      {minimap && (
        <div class="fl-mini" aria-hidden="true" onPointerDown={(e) => dragLens(e, surface.current!, whole)}>
          <canvas ref={mini} />
          <div class="fl-lens-room">
            <div ref={lens} class="fl-lens" />
          </div>
        </div>
      )}
      <div
        ref={host}
        class="cv fl-canvas"
        role="tree"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={`${id}-item`}
        onFocus={activate}
        onPointerDown={activate}
      >
        <canvas ref={base} />
        <canvas ref={over} />
        <div
          id={`${id}-item`}
          class="fl-live"
          role="treeitem"
          aria-level={cursor > 0 && cursor < boxes.count ? depthOf(boxes, cursor) : 1}
          aria-selected={cursor > 0}
          aria-live="polite"
          tabIndex={-1}
        >
          {live}
        </div>
      </div>
      {tip !== undefined && tip.box < boxes.count && (
        <FlameTip tree={tree} box={tip.box} x={tip.x} y={tip.y} up={up} row={rowHeight(host.current)} />
      )}
    </div>
  )
}

function rowHeight(host: HTMLElement | null): number {
  return (host && Number.parseFloat(getComputedStyle(host).getPropertyValue('--h-frame'))) || 20
}

/** Moves the range in sight with the pointer on the minimap. */
function dragLens(e: PointerEvent, surface: FlameSurface, whole: number): void {
  const strip = e.currentTarget as HTMLElement
  const box = (strip.firstElementChild ?? strip).getBoundingClientRect()
  const at = (x: number): number => ((x - box.left) / box.width) * whole
  const { from, to } = surface.range
  const size = to - from
  if (size >= whole) {
    // All is in sight: what is marked is what will be.
    const start = at(e.clientX)
    const mark = (m: PointerEvent): void => {
      const end = at(m.clientX)
      if (Math.abs(m.clientX - e.clientX) > 3)
        surface.goTo({ range: { from: Math.min(start, end), to: Math.max(start, end) } }, false)
    }
    follow(strip, e, mark, surface)
    return
  }
  const inside = at(e.clientX) >= from && at(e.clientX) <= to
  const grip = inside ? at(e.clientX) - from : size / 2
  const move = (m: PointerEvent): void => {
    const start = at(m.clientX) - grip
    surface.goTo({ range: { from: start, to: start + size } }, false)
  }
  move(e)
  follow(strip, e, move, surface)
}

function follow(
  strip: HTMLElement,
  e: PointerEvent,
  move: (e: PointerEvent) => void,
  surface: FlameSurface,
): void {
  strip.setPointerCapture(e.pointerId)
  const end = (): void => {
    strip.removeEventListener('pointermove', move)
    strip.removeEventListener('pointerup', end)
    strip.removeEventListener('pointercancel', end)
    surface.settle()
  }
  strip.addEventListener('pointermove', move)
  strip.addEventListener('pointerup', end)
  strip.addEventListener('pointercancel', end)
}
