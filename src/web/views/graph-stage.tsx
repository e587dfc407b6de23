// The call graph as it is seen: drawn as SVG, moved by dragging, zoomed by the wheel.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { CallGraph } from '../../core/engine/workbench/questions/graph.ts'
import { go, param } from '../address.ts'
import { besideBox, type GraphModel, graphValue, neighbours } from '../draw/graph-boxes.ts'
import {
  centred,
  filled,
  fitView,
  type GraphView,
  isSeen,
  parseView,
  viewText,
  zoomed,
} from '../draw/graph-view.ts'
import { useKeys } from '../keys.ts'
import { addTransform, FunctionMenu, type FunctionMenuAt } from '../parts/function-actions.tsx'
import { displayName } from '../parts/name.tsx'
import { hovered, selected } from '../state.ts'
import { GraphBoxes, GraphLines, type StageProps } from './graph-drawing.tsx'
import { GraphMinimap } from './graph-minimap.tsx'
import { GraphTip, type Under } from './graph-tip.tsx'

const DRAG = 3
const WHEEL = 0.0016

export function GraphStage(props: StageProps) {
  const { g, model, places, marked } = props
  const box = useRef<HTMLDivElement>(null)
  const stage = useRef<SVGGElement>(null)
  const view = useRef<GraphView>({ k: 1, x: 0, y: 0 })
  const [seen, setSeen] = useState(view.current)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [under, setUnder] = useState<{ what: Under; x: number; y: number }>()
  const [menu, setMenu] = useState<FunctionMenuAt>()
  /** The box that the keyboard is at. */
  const [at, setAt] = useState(-1)
  const own = useRef('')
  const frame = useRef(0)
  const saving = useRef<ReturnType<typeof setTimeout>>(undefined)

  const apply = (): void => {
    frame.current = 0
    const { k, x, y } = view.current
    stage.current?.setAttribute('transform', `translate(${x} ${y}) scale(${k})`)
    setSeen(view.current)
  }
  const show = (next: GraphView, keep = true): void => {
    view.current = next
    if (frame.current === 0) frame.current = requestAnimationFrame(apply)
    clearTimeout(saving.current)
    if (keep)
      saving.current = setTimeout(() => {
        go({ set: { 'graph.at': viewText(view.current) } }, { replace: true })
      }, 400)
  }
  const screen = (): { width: number; height: number } => {
    const r = box.current?.getBoundingClientRect()
    return { width: r?.width ?? 0, height: r?.height ?? 0 }
  }
  const rectOf = (i: number): { x: number; y: number; width: number; height: number } => {
    const b = model.boxes[i]!
    const [x, y] = [places.at[2 * i]! - b.width / 2, places.at[2 * i + 1]! - b.height / 2]
    return { x, y, width: b.width, height: b.height }
  }
  /** Where the heaviest function is, the topmost of several: that is where stacks begin. */
  const heaviest = (): { x: number; y: number } => {
    let best = 0
    const above = (i: number): boolean => places.at[2 * i + 1]! < places.at[2 * best + 1]!
    g.total.forEach((v, i) => {
      const more = Math.abs(v) - Math.abs(g.total[best]!)
      if (more > 0 || (more === 0 && above(i))) best = i
    })
    return { x: places.at[2 * best]!, y: places.at[2 * best + 1]! }
  }
  const fit = (): void => {
    clearTimeout(saving.current)
    show(fitView(places, screen(), heaviest()), false)
    if (param('graph.at') !== '') go({ set: { 'graph.at': undefined } }, { replace: true })
  }
  const zoom = (factor: number): void => {
    const { width, height } = screen()
    show(zoomed(view.current, factor, { x: width / 2, y: height / 2 }))
  }
  const reveal = (i: number): void => {
    const r = rectOf(i)
    if (!isSeen(view.current, r, screen()))
      show(
        filled(
          centred(view.current.k, { x: r.x + r.width / 2, y: r.y + r.height / 2 }, screen()),
          places,
          screen(),
        ),
      )
  }

  // A new layout is shown as a whole, or as the address says; one that was there before stays as it was.
  useLayoutEffect(() => {
    const kept = parseView(param('graph.at'))
    if (kept === undefined) show(fitView(places, screen(), heaviest()), false)
    else show(kept, false)
  }, [places])
  useEffect(() => {
    const el = box.current!
    const watch = new ResizeObserver(() => setSize(screen()))
    watch.observe(el)
    // Not passive: the page must not scroll or zoom along.
    const wheel = (e: WheelEvent): void => {
      e.preventDefault()
      const r = el.getBoundingClientRect()
      const lines = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1
      const factor = Math.exp(-e.deltaY * lines * (e.ctrlKey ? 6 : 1) * WHEEL)
      show(zoomed(view.current, factor, { x: e.clientX - r.left, y: e.clientY - r.top }))
    }
    el.addEventListener('wheel', wheel, { passive: false })
    return () => {
      watch.disconnect()
      el.removeEventListener('wheel', wheel)
      clearTimeout(saving.current)
      cancelAnimationFrame(frame.current)
    }
  }, [])
  const boxOf = useMemo(() => {
    const out = new Map<string, number>()
    for (let row = g.names.length - 1; row >= 0; row--) out.set(g.names[row]!, row)
    return out
  }, [g])
  const sel = selected.value
  // Choosing a function elsewhere brings it into sight.
  useEffect(() => {
    const i = boxOf.get(sel)
    if (i === undefined || own.current === sel) return
    setAt(i)
    reveal(i)
  }, [sel, places])

  const select = (i: number, { replace = false } = {}): void => {
    const b = model.boxes[i]
    if (b === undefined || b.kind !== 'node') return
    own.current = g.names[b.row]!
    setAt(i)
    go({ set: { sel: g.names[b.row]! } }, { replace })
  }
  const current = at >= 0 && at < g.names.length ? at : (boxOf.get(sel) ?? -1)
  const walk = (to: number | undefined): void => {
    if (to === undefined) return
    setAt(to)
    reveal(to)
  }
  const nextMatch = (step: 1 | -1): void => {
    const matches = [...(marked ?? [])].sort((a, b) => a - b)
    const next = step > 0 ? matches.find((i) => i > current) : matches.findLast((i) => i < current)
    walk(next ?? matches.at(step > 0 ? 0 : -1))
  }
  // The first match is brought into sight.
  useEffect(() => {
    if (marked !== undefined && marked.size > 0 && !marked.has(current)) nextMatch(1)
  }, [marked])
  useKeys('Graph', {
    n: { does: 'next match', run: () => nextMatch(1) },
    'Shift+n': { does: 'match before', run: () => nextMatch(-1) },
    ArrowDown: {
      does: 'heaviest callee',
      run: () => walk(current < 0 ? 0 : neighbours(model.lines, current, 'down')[0]),
    },
    ArrowUp: {
      does: 'heaviest caller',
      run: () => walk(current < 0 ? 0 : neighbours(model.lines, current, 'up')[0]),
    },
    ArrowLeft: {
      does: 'box to the left',
      run: () => walk(current < 0 ? 0 : besideBox(places.at, model.boxes, current, 'left')),
    },
    ArrowRight: {
      does: 'box to the right',
      run: () => walk(current < 0 ? 0 : besideBox(places.at, model.boxes, current, 'right')),
    },
    Enter: { does: 'select', run: () => select(current) },
    '0': { does: 'all', run: fit },
    '+': { does: 'closer', run: () => zoom(1.25) },
    '=': { does: 'closer', run: () => zoom(1.25), hidden: true },
    '-': { does: 'further away', run: () => zoom(0.8) },
  })

  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(0)
  const place = (e: PointerEvent): { x: number; y: number } => {
    const r = box.current!.getBoundingClientRect()
    return { x: e.clientX - r.left, y: e.clientY - r.top }
  }
  const down = (e: PointerEvent): void => {
    if (e.button !== 0 || (e.target as Element).closest('button, .minimap') !== null) return
    pointers.current.set(e.pointerId, place(e))
    if (pointers.current.size === 1) moved.current = 0
  }
  const move = (e: PointerEvent): void => {
    const before = pointers.current.get(e.pointerId)
    const now = place(e)
    if (before === undefined) {
      const what = underOf(e.target)
      setUnder(what && { what, ...now })
      hovered.value = what !== undefined && 'box' in what ? nameOf(what.box) : ''
      return
    }
    const others = [...pointers.current].filter(([id]) => id !== e.pointerId).map(([, p]) => p)
    pointers.current.set(e.pointerId, now)
    moved.current += Math.hypot(now.x - before.x, now.y - before.y)
    if (moved.current <= DRAG) return
    box.current!.setPointerCapture(e.pointerId)
    setUnder(undefined)
    const [other] = others
    const v = view.current
    const shifted = { ...v, x: v.x + now.x - before.x, y: v.y + now.y - before.y }
    if (other === undefined) show(shifted)
    else {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) /
        (Math.hypot(before.x - other.x, before.y - other.y) || 1)
      show(zoomed(v, factor, other))
    }
  }
  const up = (e: PointerEvent): void => {
    if (!pointers.current.delete(e.pointerId) || moved.current > DRAG) return
    const what = underOf(e.target)
    if (what !== undefined && 'box' in what) select(what.box)
  }
  const nameOf = (i: number): string => {
    const b = model.boxes[i]
    return b?.kind === 'node' ? g.names[b.row]! : ''
  }
  const lit = under === undefined ? current : 'box' in under.what ? under.what.box : -1
  const litLine = under !== undefined && 'line' in under.what ? under.what.line : -1
  const near = useMemo(() => {
    const out = new Set<number>()
    if (lit >= 0)
      model.lines.forEach((l, e) => {
        if (l.from === lit || l.to === lit) out.add(e)
      })
    if (litLine >= 0) out.add(litLine)
    return out
  }, [model, lit, litLine])
  return (
    <div
      ref={box}
      class="cv graph"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the one stop of the view; arrows move inside
      tabIndex={0}
      role="application"
      aria-label={`Call graph, ${groupDigits(g.names.length)} functions`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={(e) => void pointers.current.delete(e.pointerId)}
      onPointerLeave={() => {
        setUnder(undefined)
        hovered.value = ''
      }}
      onDblClick={(e) => {
        const what = underOf(e.target)
        const name = what !== undefined && 'box' in what ? nameOf(what.box) : ''
        if (name !== '') addTransform('focus', name)
      }}
      onContextMenu={(e) => {
        const what = underOf(e.target)
        const name = what !== undefined && 'box' in what ? nameOf(what.box) : ''
        if (name === '') return
        e.preventDefault()
        setMenu({ name, x: e.clientX, y: e.clientY })
      }}
    >
      <svg width="100%" height="100%" aria-hidden="true">
        <g ref={stage}>
          <GraphLines {...props} near={near} dimmed={near.size > 0 || marked !== undefined} />
          <GraphBoxes {...props} current={current} lit={lit} near={near} />
        </g>
      </svg>
      {(places.width * seen.k > size.width || places.height * seen.k > size.height) && (
        <GraphMinimap
          model={model}
          places={places}
          view={seen}
          screen={size}
          onMove={(point) => show(centred(view.current.k, point, screen()))}
        />
      )}
      <div class="graph-zoom">
        <button
          type="button"
          class="ctl ic"
          aria-label="Further away"
          title="Further away (−)"
          onClick={() => zoom(0.8)}
        >
          −
        </button>
        <button type="button" class="ctl" title="All (0)" aria-label="Show all" onClick={fit}>
          {Math.round(seen.k * 100)} %
        </button>
        <button
          type="button"
          class="ctl ic"
          aria-label="Closer"
          title="Closer (+)"
          onClick={() => zoom(1.25)}
        >
          +
        </button>
      </div>
      <p class="sr-only" aria-live="polite">
        {current >= 0 && current < g.names.length && spoken(g, model, current)}
      </p>
      {under !== undefined && (
        <GraphTip g={g} model={model} what={under.what} x={under.x} y={under.y} screen={size} />
      )}
      {menu !== undefined && <FunctionMenu at={menu} onClose={() => setMenu(undefined)} />}
    </div>
  )
}

/** What the element stands for, by its data. */
function underOf(target: EventTarget | null): Under | undefined {
  const el = (target as Element | null)?.closest<SVGGElement>('[data-box], [data-edge]')
  if (el === null || el === undefined) return undefined
  return el.dataset.box !== undefined ? { box: Number(el.dataset.box) } : { line: Number(el.dataset.edge) }
}

function spoken(g: CallGraph, model: GraphModel, i: number): string {
  const callers = neighbours(model.lines, i, 'up').length
  const callees = neighbours(model.lines, i, 'down').length
  return `${displayName(g.names[i]!).slice(0, 300)}, ${graphValue(g, g.total[i]!)}, ${shareText(g.total[i]!, g.whole).replace('%', ' percent')}, ${callers} callers, ${callees} callees`
}
