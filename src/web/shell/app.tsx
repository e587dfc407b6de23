// The frame of the page: title, tabs, one or two views, details, status.

import { useEffect } from 'preact/hooks'
import { address, go } from '../address.ts'
import { useKeys } from '../keys.ts'
import { isLive } from '../live.ts'
import { Empty, Loading } from '../parts/states.tsx'
import { addFiles, generation, loading, unreadable, useAnswer } from '../session.ts'
import { files, profiles } from '../state.ts'
import { toggleTheme } from '../theme.ts'
import { openViews } from './open-views.ts'
import { Panel } from './panel.tsx'
import { StatusBar } from './status-bar.tsx'
import { Tabs } from './tabs.tsx'
import { TitleBar } from './title-bar.tsx'

export function App() {
  const has = generation.value > 0
  const known = useAnswer('files', has ? {} : undefined)
  const decoded = useAnswer('profiles', has ? {} : undefined)
  useEffect(() => {
    if (known.value !== undefined) files.value = known.value
  }, [known.value])
  useEffect(() => {
    if (decoded.value !== undefined) profiles.value = decoded.value
  }, [decoded.value])
  useKeys('Anywhere', {
    t: { does: 'change the theme', run: toggleTheme },
  })
  useEffect(() => {
    const over = (e: DragEvent): void => e.preventDefault()
    const drop = (e: DragEvent): void => {
      e.preventDefault()
      addFiles([...(e.dataTransfer?.files ?? [])])
    }
    addEventListener('dragover', over)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('drop', drop)
    }
  }, [])
  return (
    <div class="app">
      <TitleBar />
      <Tabs />
      <main class="panels">
        <Body />
      </main>
      <StatusBar />
    </div>
  )
}

function Body() {
  const { view } = address.value
  const at = loading.value
  const list = files.value
  useEffect(() => {
    if (view === '' && list !== undefined && list.length > 0)
      go({ view: openViews()[0]?.id ?? 'top' }, { replace: true })
  }, [view, list])
  if (at !== undefined && list === undefined)
    return (
      <Loading
        what={`reading ${at.name}`}
        progress={{ done: at.done, total: at.total, what: `reading ${at.name}` }}
      />
    )
  const failed = unreadable.value
  if (!isLive && (list === undefined || list.length === 0))
    return failed.length > 0 ? (
      <Empty title="Nothing could be read">{failed.map((f) => `${f.name}: ${f.message}`).join('\n')}</Empty>
    ) : generation.value === 0 && at === undefined ? (
      <Empty title="Drop files here" command="goscope open cpu.pb.gz">
        Profiles, execution traces, GODEBUG logs, goroutine dumps, memory statistics, whole captures. They
        stay in this page.
      </Empty>
    ) : (
      <Loading what="reading" />
    )
  const broken = profiles.value
  if (
    broken !== undefined &&
    broken.profiles.length === 0 &&
    list.every((f) => f.kind === 'profile') &&
    broken.failed[0]
  )
    return (
      <Empty title={`${broken.failed[0].name} cannot be read`}>
        {broken.failed.map((f) => `${f.name}: ${f.message}`).join('\n')}
      </Empty>
    )
  const beside = address.value.params.get('beside')
  return (
    <>
      <Panel view={view} panel="main" />
      {beside !== undefined && beside !== '' && <Panel view={beside} panel="beside" />}
    </>
  )
}
