// One panel with the view that the address names, loaded on first use.

import { useEffect, useState } from 'preact/hooks'
import { Empty, Loading } from '../parts/states.tsx'
import { files } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import type { ViewModule, ViewProps } from '../views/view.ts'

const modules = new Map<string, ViewModule>()

export function Panel({ view, panel }: { readonly view: string } & ViewProps) {
  const entry = VIEWS.find((v) => v.id === view)
  const [, redraw] = useState(0)
  const [error, setError] = useState('')
  useEffect(() => {
    if (entry === undefined || modules.has(view)) return
    entry.load().then(
      (m) => {
        modules.set(view, m)
        redraw((n) => n + 1)
      },
      (e: unknown) => setError(String(e)),
    )
  }, [view])
  const module = modules.get(view)
  return (
    <section class="panel" aria-label={entry?.title ?? 'view'} data-view={view} data-panel={panel}>
      {entry === undefined ? (
        view === '' ? null : (
          <Empty title={`There is no view “${view.slice(0, 40)}”`}>
            The tabs above are the views that the files can feed.
          </Empty>
        )
      ) : !entry.needs(files.value ?? []) ? (
        <Empty
          title={`Nothing here for ${entry.title}`}
          {...(entry.empty && { command: entry.empty.command })}
        >
          {entry.empty && `It would show ${entry.empty.what}.`}
        </Empty>
      ) : error !== '' ? (
        <Empty title="The view could not be loaded">{error}</Empty>
      ) : module === undefined ? (
        <Loading what="" />
      ) : (
        <module.View panel={panel} />
      )}
    </section>
  )
}
