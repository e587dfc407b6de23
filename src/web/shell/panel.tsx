// One panel with the view that the address names, loaded on first use.

import { useEffect, useState } from 'preact/hooks'
import { visibleStart } from '../../core/base/visible-text.ts'
import type { Profiles } from '../../core/engine/workbench/questions/profiles.ts'
import { go } from '../address.ts'
import { type PanelId, PanelOf, usePanel } from '../keys.ts'
import { Guard } from '../parts/guard.tsx'
import { Icon } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { Empty, Loading } from '../parts/states.tsx'
import { files, profiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { ViewModule } from '../views/view.ts'
import { openViews } from './open-views.ts'

/** Of the files that cannot be read so many are listed. */
const MOST_FAILED = 20

const modules = new Map<string, ViewModule>()

/** The module of a view once it is loaded, or why it could not be. */
export function useView(view: string): { readonly module?: ViewModule; readonly error?: string } {
  const entry = VIEWS.find((v) => v.id === view)
  const [, redraw] = useState(0)
  const [error, setError] = useState<{ view: string; text: string }>()
  useEffect(() => {
    if (entry === undefined) return
    if (modules.has(view)) {
      // Loaded for somebody else between the drawing of this and now.
      redraw((n) => n + 1)
      return
    }
    let gone = false
    entry.load().then(
      (m) => {
        modules.set(view, m)
        if (!gone) redraw((n) => n + 1)
      },
      (e: unknown) => !gone && setError({ view, text: String(e) }),
    )
    return () => {
      gone = true
    }
  }, [view])
  const module = modules.get(view)
  return {
    ...(module !== undefined && { module }),
    ...(error?.view === view && { error: error.text }),
  }
}

export function Panel({ view, panel }: { readonly view: string; readonly panel: PanelId }) {
  const entry = VIEWS.find((v) => v.id === view)
  const used = (): void => usePanel(panel)
  return (
    <PanelOf.Provider value={panel}>
      <section
        class="panel"
        aria-label={entry?.title ?? 'view'}
        id={panel === 'main' ? 'view' : 'view-beside'}
        role={panel === 'main' ? 'tabpanel' : 'region'}
        data-view={view}
        data-panel={panel}
        onPointerDownCapture={used}
        onFocusCapture={used}
      >
        {panel === 'beside' && <BesideHead view={view} />}
        <Guard key={view}>
          <Content view={view} panel={panel} />
        </Guard>
      </section>
    </PanelOf.Provider>
  )
}

/** Which view the second panel has, and closing it. */
function BesideHead({ view }: { readonly view: string }) {
  const list = openViews()
  return (
    <div class="ph beside-head">
      <label class="row">
        <span class="sr-only">View in the second panel</span>
        <select class="quiet b" value={view} onChange={(e) => go({ set: { beside: e.currentTarget.value } })}>
          {list.map((v) => (
            <option key={v.id} value={v.id}>
              {v.title}
            </option>
          ))}
          {!list.some((v) => v.id === view) && <option value={view}>{visibleStart(view, 40)}</option>}
        </select>
      </label>
      <span class="grow" />
      <button
        type="button"
        class="ctl q small"
        title="To the first panel"
        onClick={() => go({ view, set: { beside: undefined } })}
      >
        Only this
      </button>
      <button
        type="button"
        class="ctl q ic small"
        aria-label="Close the second panel"
        title="Close (\)"
        onClick={() => go({ set: { beside: undefined } })}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}

/** Files that looked like profiles, and why none of them is one. */
export function NoProfile({ failed }: { readonly failed: Profiles['failed'] }) {
  const [first] = failed
  return (
    <Empty
      title={failed.length === 1 ? `${displayName(first!.name)} cannot be read` : 'No profile could be read'}
    >
      {failed
        .slice(0, MOST_FAILED)
        .map((f) => `${failed.length > 1 ? `${displayName(f.name)}: ` : ''}${displayName(f.message)}`)
        .join('\n')}
      {failed.length > MOST_FAILED && `\nand ${failed.length - MOST_FAILED} more`}
    </Empty>
  )
}

function Content({ view, panel }: { readonly view: string; readonly panel: PanelId }) {
  const entry = VIEWS.find((v) => v.id === view)
  const { module, error } = useView(view)
  if (entry === undefined)
    return view === '' ? null : (
      <Empty title={`There is no view “${visibleStart(view, 40)}”`}>
        The tabs above are the views that the files can feed.
      </Empty>
    )
  if (!entry.needs(files.value ?? []))
    return (
      <Empty title={`Nothing here for ${entry.title}`} {...(entry.empty && { command: entry.empty.command })}>
        {entry.empty && `It would show ${entry.empty.what}. This gets it:`}
      </Empty>
    )
  const decoded = profiles.value
  if (entry.group === 'profile' && decoded !== undefined && decoded.profiles.length === 0)
    return <NoProfile failed={decoded.failed} />
  if (error !== undefined) return <Empty title="The view could not be loaded">{error}</Empty>
  return module === undefined ? <Loading what={`loading ${entry.title}`} /> : <module.View panel={panel} />
}
