// The tabs: views that the files can feed, in groups; behind them what is done to the views.

import { Fragment } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { address, go, linkTo, param } from '../address.ts'
import { findingCounts } from '../findings-state.ts'
import { Icon } from '../parts/icons.tsx'
import { Keycaps } from '../parts/kbd.tsx'
import { MenuButton, MenuItem, MenuLine } from '../parts/menu.tsx'
import { shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import { detailsOpen, toggleDetails } from './details-open.ts'
import { openViews } from './open-views.ts'
import { RefineButton } from './refine.tsx'
import { toggleSplit, turnSplit } from './split.tsx'

/** All views by name, where the row has no room for their tabs. */
function MoreViews({ row }: { readonly row: () => HTMLElement | null }) {
  const [cut, setCut] = useState(false)
  useEffect(() => {
    const el = row()
    if (el === null) return
    const measure = (): void => setCut(el.scrollWidth > el.clientWidth + 1)
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(el)
    return () => watch.disconnect()
  }, [openViews().length])
  if (!cut) return null
  const { view } = address.value
  return (
    <MenuButton label="All views" title="All views" class="ctl q ic more-views" button={<Icon name="more" />}>
      {(close) =>
        openViews().map((v, i, list) => (
          <Fragment key={v.id}>
            {i > 0 && list[i - 1]!.group !== v.group && <MenuLine />}
            <MenuItem
              radio
              checked={v.id === view}
              {...(i < 9 && { keys: String(i + 1) })}
              onSelect={() => {
                close()
                go({ view: v.id })
              }}
            >
              {v.title}
            </MenuItem>
          </Fragment>
        ))
      }
    </MenuButton>
  )
}

/** How many findings have their evidence in the view. */
function Found({ view }: { readonly view: string }) {
  const found = findingCounts.value.get(view)
  if (found === undefined) return null
  return (
    <span class={`n ${found.severity === 'critical' ? 'c' : ''}`} title="findings">
      {found.count}
      <span class="sr-only"> findings</span>
    </span>
  )
}

export function Tabs() {
  const list = openViews()
  const { view } = address.value
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    document.getElementById(`tab-${view}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [view])
  const move = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey) return
    const at = list.findIndex((v) => v.id === view)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    const next = list[(to + list.length) % list.length]
    if (next === undefined) return
    go({ view: next.id })
    document.getElementById(`tab-${next.id}`)?.focus()
  }
  if (list.length === 0) return <div class="tabs" />
  const beside = param('beside') !== ''
  return (
    <nav class="tabs" aria-label="Views">
      <div class="tab-row" role="tablist" aria-label="Views" ref={row} onKeyDown={move}>
        {list.map((v, i) => (
          <Fragment key={v.id}>
            {i > 0 && list[i - 1]!.group !== v.group && <span class="tsep" role="presentation" />}
            <a
              role="tab"
              id={`tab-${v.id}`}
              class="tab"
              href={linkTo({ view: v.id })}
              aria-selected={v.id === view}
              aria-controls="view"
              tabIndex={v.id === view || (i === 0 && !list.some((x) => x.id === view)) ? 0 : -1}
              title={i < 9 ? `${v.title} (${i + 1})` : v.title}
              onClick={(e) => {
                // With a modifier the browser does what it does with links.
                if (e.ctrlKey || e.metaKey || e.shiftKey) return
                e.preventDefault()
                go({ view: v.id })
              }}
            >
              {v.title}
              <Found view={v.id} />
            </a>
          </Fragment>
        ))}
      </div>
      <MoreViews row={() => row.current} />
      <span class="grow" />
      {shownProfiles.value.length > 0 && <RefineButton />}
      {beside && (
        <button
          type="button"
          class="ctl q ic"
          aria-label={param('splitdir') === 'below' ? 'Panels beside each other' : 'Panels below each other'}
          title="Turn the split"
          onClick={turnSplit}
        >
          <span class={param('splitdir') === 'below' ? 'turned' : ''}>
            <Icon name="split" />
          </span>
        </button>
      )}
      {VIEWS.find((v) => v.id === view)?.group === 'profile' && (
        <button
          type="button"
          class="ctl q ic"
          aria-label="Details"
          aria-pressed={detailsOpen()}
          title="Details ( ] )"
          onClick={toggleDetails}
        >
          <Icon name="details" />
        </button>
      )}
      {list.length > 1 && (
        <button
          type="button"
          class="ctl q"
          aria-pressed={beside}
          title="A second view beside this one"
          onClick={toggleSplit}
        >
          <span class="word">{beside ? 'one view' : 'split view'}</span> <Keycaps name="\" />
        </button>
      )}
    </nav>
  )
}
