// One or two views, a line between them that can be dragged, and the details of what is selected.

import { useRef } from 'preact/hooks'
import { address, go, param } from '../address.ts'
import { VIEWS } from '../views/index.ts'
import { Details } from './details.tsx'
import { detailsOpen } from './details-open.ts'
import { openViews } from './open-views.ts'
import { Panel, useView } from './panel.tsx'

/** Neither panel gets narrower, px. */
const LEAST = 420
const LEAST_HEIGHT = 160

/** Opens a second view, or closes it. Another view of the same group comes first. */
export function toggleSplit(): void {
  const { view, params } = address.peek()
  if ((params.get('beside') ?? '') !== '') {
    go({ set: { beside: undefined } })
    return
  }
  const list = openViews()
  const group = VIEWS.find((v) => v.id === view)?.group
  const other = list.find((v) => v.group === group && v.id !== view) ?? list.find((v) => v.id !== view)
  if (other !== undefined) go({ set: { beside: other.id } })
}

/** Beside or below. */
export function turnSplit(): void {
  go({ set: { splitdir: param('splitdir') === 'below' ? undefined : 'below' } }, { replace: true })
}

export function Views() {
  const { view } = address.value
  const beside = param('beside')
  const box = useRef<HTMLDivElement>(null)
  const below = param('splitdir') === 'below'
  const { module } = useView(view)
  const ViewDetails = module?.Details
  const has = ViewDetails !== undefined || VIEWS.find((v) => v.id === view)?.group === 'profile'
  const share = shareOf(param('split'))
  return (
    <div class="views">
      <div class={`split${below ? ' stacked' : ''}`} ref={box}>
        <div class="split-part" style={beside === '' ? { flex: '1 1 0' } : { flex: `${share} 1 0` }}>
          <Panel view={view} panel="main" />
        </div>
        {beside !== '' && (
          <>
            <Grip below={below} share={share} box={() => box.current} />
            <div class="split-part" style={{ flex: `${1 - share} 1 0` }}>
              <Panel view={beside} panel="beside" />
            </div>
          </>
        )}
      </div>
      {has &&
        detailsOpen() &&
        (ViewDetails === undefined ? (
          <Details />
        ) : (
          <aside class="panel details" aria-label="Details">
            <ViewDetails />
          </aside>
        ))}
    </div>
  )
}

/** The first panel's part, from an address that may say anything. */
export function shareOf(text: string): number {
  const percent = Number(text)
  return text === '' || !(percent >= 5 && percent <= 95) ? 0.5 : percent / 100
}

function Grip(props: {
  readonly below: boolean
  readonly share: number
  readonly box: () => HTMLElement | null
}) {
  const { below, share, box } = props
  const set = (to: number): void => {
    const el = box()
    if (el === null) return
    const size = below ? el.clientHeight : el.clientWidth
    const least = Math.min(0.5, (below ? LEAST_HEIGHT : LEAST) / Math.max(1, size))
    const kept = Math.max(least, Math.min(1 - least, to))
    go(
      { set: { split: Math.abs(kept - 0.5) < 0.005 ? undefined : (kept * 100).toFixed(1) } },
      { replace: true },
    )
  }
  const drag = (e: PointerEvent): void => {
    const el = box()
    if (el === null || e.buttons === 0) return
    const area = el.getBoundingClientRect()
    set(below ? (e.clientY - area.top) / area.height : (e.clientX - area.left) / area.width)
  }
  return (
    <div
      class="grip"
      role="separator"
      tabIndex={0}
      aria-label="Size of the panels"
      aria-orientation={below ? 'horizontal' : 'vertical'}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={5}
      aria-valuemax={95}
      title="Drag, or arrow keys; double click halves; Enter turns it"
      onPointerDown={(e) => {
        e.preventDefault()
        e.currentTarget.setPointerCapture(e.pointerId)
        e.currentTarget.focus()
      }}
      onPointerMove={drag}
      onDblClick={() => set(0.5)}
      onKeyDown={(e) => {
        if (e.ctrlKey || e.metaKey || e.altKey) return
        const step = { ArrowLeft: -0.02, ArrowUp: -0.02, ArrowRight: 0.02, ArrowDown: 0.02 }[e.key]
        if (step !== undefined) set(share + step * (e.shiftKey ? 4 : 1))
        else if (e.key === 'Home') set(0)
        else if (e.key === 'End') set(1)
        else if (e.key === 'Enter') turnSplit()
        else return
        e.preventDefault()
        e.stopPropagation()
      }}
    />
  )
}
