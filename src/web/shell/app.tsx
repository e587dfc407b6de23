// The frame of the page: title, tabs, one or two views, details, status; what lies over it; keys and commands of it all.

import { useEffect, useState } from 'preact/hooks'
import { address, go } from '../address.ts'
import { isLive } from '../live.ts'
import { Icon } from '../parts/icons.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { type AskError, addFiles, generation, loading, useAnswer } from '../session.ts'
import { files, profiles, shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import { Chips } from './chips.tsx'
import { CompareDialog } from './compare-dialog.tsx'
import { SaveConfig } from './config-menu.tsx'
import { droppedFiles } from './drop.ts'
import { useFrameCommands } from './frame-commands.ts'
import { KeysOverlay } from './keys-overlay.tsx'
import { openViews } from './open-views.ts'
import { overlay } from './overlay.ts'
import { Palette } from './palette.tsx'
import { NoProfile } from './panel.tsx'
import { togetherName } from './source-names.ts'
import { Views } from './split.tsx'
import { Opening, Start } from './start.tsx'
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
  useFrameCommands()
  usePageTitle()
  const dropping = useDrops()
  return (
    <div class="app">
      <button
        type="button"
        class="skip"
        onClick={() =>
          document.querySelector<HTMLElement>('#view [tabindex="0"], #view button, main')?.focus()
        }
      >
        Skip to the view
      </button>
      <TitleBar />
      <Tabs />
      <Chips />
      <main class="panels" tabIndex={-1}>
        <Body error={known.error ?? decoded.error} />
      </main>
      <StatusBar />
      {overlay.value === 'palette' && <Palette />}
      {overlay.value === 'keys' && <KeysOverlay />}
      {overlay.value === 'compare' && <CompareDialog />}
      {overlay.value === 'save-config' && <SaveConfig />}
      {dropping && (
        <div class="dropping" aria-hidden="true">
          <p>
            <Icon name="plus" /> Drop to open
          </p>
        </div>
      )}
    </div>
  )
}

/** `Flame · cpu.pb.gz · goscope`. */
function usePageTitle(): void {
  const { view } = address.value
  const title = VIEWS.find((v) => v.id === view)?.title
  const list = shownProfiles.value.length > 0 ? shownProfiles.value : (files.value ?? [])
  const source = togetherName(list.map((f) => f.name))
  useEffect(() => {
    document.title = [title, source, 'goscope'].filter((t) => t !== undefined && t !== '').join(' · ')
  }, [title, source])
}

/** Takes files that are dropped anywhere; whether some are over the page now. */
function useDrops(): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    let depth = 0
    const hasFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') ?? false
    const enter = (e: DragEvent): void => {
      if (!hasFiles(e)) return
      depth++
      setOver(true)
    }
    const leave = (): void => {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const drag = (e: DragEvent): void => {
      if (hasFiles(e)) e.preventDefault()
    }
    const end = (): void => {
      depth = 0
      setOver(false)
    }
    const drop = (e: DragEvent): void => {
      if (!hasFiles(e) || e.dataTransfer === null) return
      e.preventDefault()
      void droppedFiles(e.dataTransfer).then(addFiles)
    }
    addEventListener('dragenter', enter)
    addEventListener('dragleave', leave)
    addEventListener('dragover', drag)
    // In the capturing phase: a dialog that takes the drop for itself ends it, too.
    addEventListener('drop', end, true)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragenter', enter)
      removeEventListener('dragleave', leave)
      removeEventListener('dragover', drag)
      removeEventListener('drop', end, true)
      removeEventListener('drop', drop)
    }
  }, [])
  return over && overlay.value !== 'compare'
}

function Body({ error }: { readonly error: AskError | undefined }) {
  const { view } = address.value
  const list = files.value
  const at = loading.value
  useEffect(() => {
    // Somebody may have gone elsewhere meanwhile.
    if (address.peek().view !== '' || list === undefined || list.length === 0) return
    const views = openViews()
    // Of a capture what is wrong comes first; one file is opened to be seen.
    const several = list.filter((f) => !f.made).length > 1
    const first = several ? views[0] : (views.find((v) => v.group !== 'findings') ?? views[0])
    go({ view: first?.id ?? 'top' }, { replace: true })
  }, [view, list])
  if (!isLive && (list === undefined || list.length === 0)) {
    if (at !== undefined) return <Opening />
    if (error !== undefined) return <Failed error={error} />
    if (list === undefined && generation.value > 0) return <Loading what="looking at the files" />
    return <Start />
  }
  const broken = profiles.value
  if (broken === undefined && error !== undefined) return <Failed error={error} />
  if (
    broken !== undefined &&
    broken.profiles.length === 0 &&
    list?.every((f) => f.kind === 'profile') &&
    broken.failed[0]
  )
    return <NoProfile failed={broken.failed} />
  return <Views />
}
