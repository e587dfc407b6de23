// What is open: all files by capture, which of the profiles are shown, and adding more.

import { signal } from '@preact/signals'
import { bytesText, groupDigits, timeText } from '../../core/base/people-fmt.ts'
import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'
import { address, go } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu.tsx'
import { displayName } from '../parts/name.tsx'
import { addFiles, unreadable } from '../session.ts'
import { files, profiles, shownProfiles } from '../state.ts'
import { VIEWS } from '../views/index.ts'
import { chooseFiles } from './drop.ts'
import { openFile, viewOfFile } from './go-function.ts'
import { useProfileHead } from './profile-head.ts'
import { byFolder, kindTitle, sourceName, splitSource, togetherName } from './source-names.ts'

/** Above this many files a field to search them appears. */
const MANY = 14

const search = signal('')

export function SourceMenu() {
  const list = files.value ?? []
  if (list.length === 0 && unreadable.value.length === 0) return null
  const shown = shownProfiles.value
  const folders = byFolder(list)
  const name =
    shown.length > 0 ? togetherName(shown.map((p) => p.name)) : togetherName(list.map((f) => f.name))
  const { folder, base } = splitSource(name)
  const more =
    shown.length > 1
      ? `${shown.length} merged`
      : folders.length > 1
        ? `of ${folders.length} captures`
        : list.length > 1
          ? `of ${list.length} files`
          : ''
  return (
    <MenuButton
      label={`Sources: ${name}`}
      title={name}
      class="ctl source"
      menuClass="sources"
      role="dialog"
      button={
        <>
          <Icon name="layers" />
          <span class="cut">
            {folder !== '' && <span class="t2">{folder}/</span>}
            <b>{base}</b>
          </span>
          {more !== '' && <span class="t2 more">{more}</span>}
          <Icon name="down" />
        </>
      }
    >
      {(close) => <Sources close={close} />}
    </MenuButton>
  )
}

function Sources({ close }: { readonly close: () => void }) {
  const list = files.value ?? []
  const needle = search.value.toLowerCase()
  const found = list.filter((f) => needle === '' || f.name.toLowerCase().includes(needle))
  const add = async (folder: boolean): Promise<void> => {
    const chosen = await chooseFiles({ folder })
    addFiles(chosen)
    if (chosen.length > 0) close()
  }
  return (
    <>
      {list.length > MANY && (
        <div class="dq">
          <Icon name="search" />
          <input
            class="bare grow"
            type="search"
            placeholder={`Search ${list.length} files`}
            aria-label="Search files"
            value={search.value}
            data-first
            onInput={(e) => {
              search.value = e.currentTarget.value
            }}
          />
        </div>
      )}
      <div class="scroll source-list">
        {byFolder(found).map(([folder, items]) => (
          <section key={folder} aria-label={folder === '' ? 'Files' : folder}>
            {folder !== '' && (
              <div class="mt row">
                <Icon name="folder" />
                <span class="cut" title={displayName(folder)}>
                  {sourceName(`${folder}/`).slice(0, -1)}
                </span>
              </div>
            )}
            {items.map((f) => (
              <SourceRow key={f.id} file={f} close={close} />
            ))}
          </section>
        ))}
        {unreadable.value.map((f) => (
          <div class="src-row bad" key={f.name}>
            <span class="sr-mark">
              <Icon name="warning" />
            </span>
            <span class="grow cut">{displayName(f.name)}</span>
            <p class="sr-note">{displayName(f.message)}</p>
          </div>
        ))}
      </div>
      <About />
      <div class="pf">
        <button type="button" class="ctl" onClick={() => void add(false)}>
          <Icon name="plus" /> Add files
        </button>
        <button type="button" class="ctl" onClick={() => void add(true)}>
          <Icon name="folder" /> Add a folder
        </button>
        <span class="t3">or drop them anywhere</span>
      </div>
    </>
  )
}

/** pprof's legend of what is shown, and where its makers explain it. */
function About() {
  const head = useProfileHead()
  if (head === undefined || head.lines.length === 0) return null
  return (
    <section class="about" aria-label="About the profile">
      {head.lines.map((line) => (
        <p key={line} class="xs t2 wrap">
          {displayName(line)}
        </p>
      ))}
      {head.docUrl !== '' && (
        <a class="xs" href={head.docUrl} target="_blank" rel="noreferrer">
          Help for this profile
        </a>
      )}
    </section>
  )
}

function SourceRow({ file, close }: { readonly file: FileEntry; readonly close: () => void }) {
  const shown = shownProfiles.value
  const profile = profiles.value?.profiles.find((p) => p.id === file.id)
  const failed = profiles.value?.failed.find((f) => f.id === file.id)
  const on = shown.some((p) => p.id === file.id)
  const { base } = splitSource(file.name)
  const others = viewOfFile(file)
  const open = (): void => {
    if (profile !== undefined) {
      const keep = VIEWS.find((v) => v.id === address.value.view)?.group === 'profile'
      const view = VIEWS.find((v) => v.group === 'profile')?.id
      go({ set: { src: String(file.id) }, ...(!keep && view !== undefined && { view }) })
    } else openFile(file)
    close()
  }
  const merge = (): void => {
    const ids = on
      ? shown.filter((p) => p.id !== file.id).map((p) => p.id)
      : [...shown.map((p) => p.id), file.id]
    if (ids.length > 0) go({ set: { src: ids.join(',') } })
  }
  const kind = profile === undefined ? kindTitle(file.kind) : kindTitle(profile.kind)
  const notes = failed === undefined ? (profile?.problems ?? []) : [failed.message]
  return (
    <div class={`src-row${on ? ' on' : ''}${failed === undefined ? '' : ' bad'}`}>
      <span class="sr-mark">
        {profile !== undefined ? (
          <input
            type="checkbox"
            checked={on}
            disabled={on && shown.length === 1}
            aria-label={`Merge ${displayName(base)}`}
            title="Show together with the others"
            onChange={merge}
          />
        ) : (
          <Icon name={failed === undefined ? 'file' : 'warning'} />
        )}
      </span>
      <button
        type="button"
        class="sr-name"
        disabled={profile === undefined && others === undefined}
        title={displayName(file.name)}
        onClick={open}
      >
        <span class="cut">{displayName(base)}</span>
        {file.made && <span class="chip">made here</span>}
      </button>
      <span class="t2">{kind}</span>
      <span class="t2 num">
        {profile === undefined
          ? ''
          : `${groupDigits(profile.samples)} ${profile.samples === 1 ? 'stack' : 'stacks'}`}
      </span>
      <span class="t2 num">
        {profile !== undefined && profile.durationNanos > 0 ? timeText(profile.durationNanos) : ''}
      </span>
      <span class="t3 num">{file.storedBytes > 0 ? bytesText(file.storedBytes) : ''}</span>
      {notes.map((note) => (
        <p class="sr-note" key={note}>
          {displayName(note)}
        </p>
      ))}
    </div>
  )
}
