// The tabs: views that the files can feed, in groups.

import { Fragment } from 'preact'
import { address, go } from '../address.ts'
import { openViews } from './open-views.ts'

export function Tabs() {
  const list = openViews()
  const { view } = address.value
  const move = (e: KeyboardEvent): void => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    e.preventDefault()
    const at = list.findIndex((v) => v.id === view)
    const next = list[(at + step + list.length) % list.length]
    if (next === undefined) return
    go({ view: next.id })
    document.getElementById(`tab-${next.id}`)?.focus()
  }
  return (
    <nav class="tabs" role="tablist" aria-label="Views" onKeyDown={move}>
      {list.map((v, i) => (
        <Fragment key={v.id}>
          {i > 0 && list[i - 1]!.group !== v.group && <span class="tsep" />}
          <button
            type="button"
            role="tab"
            id={`tab-${v.id}`}
            class="tab"
            aria-selected={v.id === view}
            tabIndex={v.id === view || (view === '' && i === 0) ? 0 : -1}
            onClick={() => go({ view: v.id })}
          >
            {v.title}
          </button>
        </Fragment>
      ))}
    </nav>
  )
}
