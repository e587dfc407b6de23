// A tree as a treemap: areas are bytes, what lies inside is held by what is around it.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { bytesText, shareText } from '../../core/base/people-fmt.ts'
import type { HeapTree } from '../../core/engine/workbench/questions/heap-tree.ts'
import { palette } from '../draw/palette.ts'
import { type Box, layoutTree } from '../draw/treemap-layout.ts'
import { displayName } from './name.tsx'

const TOKENS: Readonly<Record<string, string>> = {
  variable: 'org-main',
  goroutine: 'org-sched',
  frame: 'org-std',
  finalizer: 'org-gc',
  object: 'org-runtime',
  other: 'org-syscall',
  top: 'bg-2',
  rest: 'bg-3',
}

export function Treemap(props: {
  readonly tree: HeapTree
  /** Node that is selected. */
  readonly selected: number
  readonly onSelect: (node: number) => void
  readonly onZoom: (node: number) => void
}) {
  const { tree, selected, onSelect, onZoom } = props
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState<readonly [number, number]>([0, 0])
  const [hover, setHover] = useState(-1)
  const colours = palette.value
  useEffect(() => {
    const el = host.current!
    const measure = (): void => setSize([el.clientWidth, el.clientHeight])
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  const boxes = useMemo(() => layoutTree(tree, size[0], size[1]), [tree, size])
  const at = tree.node.indexOf(selected)
  useEffect(() => {
    const el = canvas.current
    if (el === null || size[0] === 0) return
    el.width = size[0] * devicePixelRatio
    el.height = size[1] * devicePixelRatio
    const ctx = el.getContext('2d')
    if (ctx === null) return
    ctx.scale(devicePixelRatio, devicePixelRatio)
    paintTree(ctx, tree, boxes, colours)
  }, [tree, boxes, colours])
  const rowAt = (e: MouseEvent): number => {
    const { left, top } = host.current!.getBoundingClientRect()
    return hit(boxes, tree, e.clientX - left, e.clientY - top)
  }
  const keys = (e: KeyboardEvent): void => {
    const row = at < 0 ? 0 : at
    const siblings = [...tree.parent.keys()].filter((k) => tree.parent[k] === tree.parent[row])
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key]
    const to =
      step !== undefined
        ? siblings[(siblings.indexOf(row) + step + siblings.length) % siblings.length]
        : e.key === 'ArrowUp'
          ? tree.parent[row]
          : e.key === 'ArrowDown'
            ? [...tree.parent.keys()].find((k) => tree.parent[k] === row)
            : undefined
    if (e.key === 'Enter' && tree.node[row]! >= 0 && tree.count[row] === 1) onZoom(tree.node[row]!)
    else if ((e.key === 'Escape' || e.key === 'Backspace') && tree.above.length > 0)
      onZoom(tree.above.at(-1)!.node)
    else if (to !== undefined && to >= 0 && tree.node[to]! >= 0) onSelect(tree.node[to]!)
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  const shown = hover >= 0 ? hover : at
  return (
    <div
      class="treemap"
      ref={host}
      role="tree"
      aria-label="Dominator tree; arrows walk, Enter goes in, Escape goes out"
      tabIndex={0}
      onKeyDown={keys}
      onPointerMove={(e) => setHover(rowAt(e))}
      onPointerLeave={() => setHover(-1)}
      onClick={(e) => {
        const row = rowAt(e)
        if (row >= 0 && tree.node[row]! >= 0) onSelect(tree.node[row]!)
      }}
      onDblClick={(e) => {
        const row = rowAt(e)
        if (row > 0 && tree.node[row]! >= 0 && tree.count[row] === 1) onZoom(tree.node[row]!)
      }}
    >
      <canvas ref={canvas} />
      {at >= 0 && <Outline box={boxes[at]} kind="selected" />}
      {hover >= 0 && <Outline box={boxes[hover]} kind="hover" />}
      {hover >= 0 && (
        <div class={`tip treemap-tip${boxes[hover]!.x > size[0] / 2 ? ' at-left' : ''}`}>
          <div class="m">{displayName(tree.names[hover]!).slice(0, 200)}</div>
          <div class="t2">
            {tree.kinds[hover]}, retains {bytesText(tree.retained[hover]!)},{' '}
            {shareText(tree.retained[hover]!, tree.retained[0]!)} of what is shown
          </div>
        </div>
      )}
      <div
        class="sr-only"
        role="treeitem"
        aria-live="polite"
        aria-selected={true}
        aria-level={shown < 0 ? 1 : tree.depth[shown]! + 1}
      >
        {shown >= 0 &&
          `${tree.names[shown]}, ${tree.kinds[shown]}, retains ${bytesText(tree.retained[shown]!)}`}
      </div>
    </div>
  )
}

function Outline({ box, kind }: { readonly box: Box | undefined; readonly kind: string }) {
  if (box === undefined || box.w <= 0) return null
  return (
    <i
      class={`treemap-line ${kind}`}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.w}px`, height: `${box.h}px` }}
    />
  )
}

/** The innermost row at a place; -1 for none. */
function hit(boxes: readonly Box[], tree: HeapTree, x: number, y: number): number {
  let best = -1
  for (let k = 0; k < boxes.length; k++) {
    const b = boxes[k]!
    if (b.w > 0 && x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h)
      if (best < 0 || tree.depth[k]! >= tree.depth[best]!) best = k
  }
  return best
}

function paintTree(
  ctx: CanvasRenderingContext2D,
  tree: HeapTree,
  boxes: readonly Box[],
  colours: (token: string) => string,
): void {
  const family = getComputedStyle(document.body).getPropertyValue('--font-mono')
  ctx.textBaseline = 'middle'
  for (let k = 0; k < boxes.length; k++) {
    const b = boxes[k]!
    if (b.w < 1 || b.h < 1) continue
    const kind = tree.kinds[k]!
    ctx.fillStyle = colours(TOKENS[kind] ?? 'org-runtime')
    ctx.fillRect(b.x + 0.5, b.y + 0.5, b.w - 1, b.h - 1)
    // What lies deeper is a shade darker, so that boxes in boxes can be told apart.
    if (tree.depth[k]! > 1) {
      ctx.globalAlpha = 0.09 * (tree.depth[k]! - 1)
      ctx.fillStyle = colours('text-1')
      ctx.fillRect(b.x + 0.5, b.y + 0.5, b.w - 1, b.h - 1)
      ctx.globalAlpha = 1
    }
    ctx.strokeStyle = colours('bg-1')
    ctx.lineWidth = 1
    ctx.strokeRect(b.x + 0.5, b.y + 0.5, b.w - 1, b.h - 1)
    if (b.w < 36 || b.h < 13) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(b.x + 3, b.y, b.w - 6, b.h)
    ctx.clip()
    ctx.fillStyle = colours(kind === 'top' || kind === 'rest' ? 'text-2' : 'on-fill')
    ctx.font = `11px ${family}`
    ctx.fillText(displayName(tree.names[k]!).slice(0, 120), b.x + 4, b.y + 8.5)
    if (b.h > 30 && b.w > 50 && !hasInside(tree, boxes, k)) {
      ctx.globalAlpha = 0.8
      ctx.fillText(bytesText(tree.retained[k]!), b.x + 4, b.y + 22)
    }
    ctx.restore()
  }
}

function hasInside(tree: HeapTree, boxes: readonly Box[], row: number): boolean {
  for (let k = row + 1; k < boxes.length; k++) if (tree.parent[k] === row && boxes[k]!.w > 0) return true
  return false
}
