// Choosing what to compare: any set of profiles before, any after.

import { useEffect, useRef, useState } from 'preact/hooks'
import { groupDigits, timeText } from '../../core/base/people-fmt.ts'
import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { address, go, param } from '../address.ts'
import { Dialog, DialogHead } from '../parts/dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { addFiles, loading } from '../session.ts'
import { idsOf, profiles, shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import { chooseFiles, type DroppedFile, droppedFiles } from './drop.ts'
import { likelyBase } from './likely-base.ts'
import { closeOverlay } from './overlay.ts'
import { byFolder, kindTitle, sourceName, splitSource } from './source-names.ts'

type Side = 'before' | 'after'

export function CompareDialog() {
  const all = profiles.value?.profiles ?? []
  const [before, setBefore] = useState<readonly number[]>(() => {
    const known = idsOf(param('base'))
    return known.length > 0 ? known : likelyBase(all, shownProfiles.peek())
  })
  const [after, setAfter] = useState<readonly number[]>(() => shownProfiles.peek().map((p) => p.id))
  /** Which side the files that come in now are for, and how many there were before. */
  const waiting = useRef<{ side: Side; count: number } | undefined>(undefined)
  useEffect(() => {
    const wait = waiting.current
    if (wait === undefined || all.length <= wait.count) return
    const fresh = all.filter((p) => p.id >= 0).slice(wait.count)
    const ids = fresh.map((p) => p.id)
    if (wait.side === 'before') setBefore(ids)
    else setAfter(ids)
    waiting.current = undefined
  }, [all])
  const take = (side: Side, files: readonly DroppedFile[]): void => {
    if (files.length === 0) return
    waiting.current = { side, count: all.length }
    addFiles(files)
  }
  const clash = before.filter((id) => after.includes(id))
  const ready = before.length > 0 && after.length > 0 && clash.length === 0
  const compare = (): void => {
    const diff = VIEWS.find((v) => v.id === 'diff') !== undefined ? 'diff' : address.peek().view
    const beside =
      param('beside') || (innerWidth >= 1100 && VIEWS.some((v) => v.id === 'flame') ? 'flame' : undefined)
    go({ view: diff, set: { src: after.join(','), base: before.join(','), beside } })
    closeOverlay()
  }
  return (
    <Dialog label="Compare" class="wide" onClose={closeOverlay}>
      <DialogHead
        title="Compare"
        hint="any profiles with any others; several on a side are added up"
        onClose={closeOverlay}
      />
      <div class="compare">
        <SideList
          side="before"
          all={all}
          chosen={before}
          clash={clash}
          onChoose={setBefore}
          onFiles={(f) => take('before', f)}
        />
        <button
          type="button"
          class="ctl ic"
          aria-label="Swap the sides"
          title="Swap"
          onClick={() => {
            setBefore(after)
            setAfter(before)
          }}
        >
          <Icon name="swap" />
        </button>
        <SideList
          side="after"
          all={all}
          chosen={after}
          clash={clash}
          onChoose={setAfter}
          onFiles={(f) => take('after', f)}
        />
      </div>
      <div class="pf">
        <span class="grow cut" role="status">
          {clash.length > 0
            ? 'A profile cannot be on both sides.'
            : loading.value !== undefined
              ? `reading ${displayName(loading.value.name)}`
              : mixed(all, before, after)}
        </span>
        {param('base') !== '' && (
          <button
            type="button"
            class="ctl"
            onClick={() => {
              go({ set: { base: undefined, norm: undefined } })
              closeOverlay()
            }}
          >
            End the comparison
          </button>
        )}
        <button type="button" class="ctl p" disabled={!ready} onClick={compare} data-first>
          Compare
        </button>
      </div>
    </Dialog>
  )
}

/** A word where the sides are not alike. */
function mixed(all: readonly ProfileEntry[], before: readonly number[], after: readonly number[]): string {
  const kinds = (ids: readonly number[]): string[] => [
    ...new Set(ids.flatMap((id) => all.find((p) => p.id === id)?.kind ?? [])),
  ]
  const a = kinds(before)
  const b = kinds(after)
  if (a.length > 0 && b.length > 0 && (a.length > 1 || b.length > 1 || a[0] !== b[0]))
    return 'These are profiles of different kinds.'
  if (before.length !== after.length && before.length > 0 && after.length > 0)
    return `${before.length} against ${after.length} profiles: compare by “same total”.`
  return before.length > 1 ? 'Several a side: each change gets a significance.' : ''
}

function SideList(props: {
  readonly side: Side
  readonly all: readonly ProfileEntry[]
  readonly chosen: readonly number[]
  readonly clash: readonly number[]
  readonly onChoose: (ids: readonly number[]) => void
  readonly onFiles: (files: readonly DroppedFile[]) => void
}) {
  const { side, all, chosen, clash, onChoose, onFiles } = props
  const [over, setOver] = useState(false)
  const toggle = (id: number): void =>
    onChoose(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id])
  return (
    <section
      class={`side${over ? ' over' : ''}`}
      aria-label={side}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        e.stopPropagation()
        setOver(false)
        if (e.dataTransfer !== null) void droppedFiles(e.dataTransfer).then(onFiles)
      }}
    >
      <div class="side-head">
        <i class={`dot side-${side}`} />
        <h3 class="b">{side === 'before' ? 'Before' : 'After'}</h3>
        <span class="t3 xs">{chosen.length > 1 ? `${chosen.length} added up` : ''}</span>
        <span class="grow" />
        <button type="button" class="ctl q small" onClick={() => void chooseFiles().then(onFiles)}>
          <Icon name="plus" /> Add
        </button>
      </div>
      <div class="scroll side-list">
        {byFolder(all).map(([folder, items]) => (
          <div key={folder} role="group" aria-label={folder}>
            {folder !== '' && <div class="mt">{sourceName(`${folder}/`).slice(0, -1)}</div>}
            {items.map((p) => (
              <label
                key={p.id}
                class={`src-row${chosen.includes(p.id) ? ' on' : ''}${clash.includes(p.id) ? ' bad' : ''}`}
              >
                <span class="sr-mark">
                  <input type="checkbox" checked={chosen.includes(p.id)} onChange={() => toggle(p.id)} />
                </span>
                <span class="grow cut">{displayName(splitSource(p.name).base)}</span>
                <span class="t2">{kindTitle(p.kind)}</span>
                <span class="t3 num">
                  {p.durationNanos > 0 ? timeText(p.durationNanos) : `${groupDigits(p.samples)} stacks`}
                </span>
              </label>
            ))}
          </div>
        ))}
        <p class="t3 xs side-hint">Drop files here for this side.</p>
      </div>
    </section>
  )
}
