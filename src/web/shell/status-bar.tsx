// The line at the bottom: sources, problems, what is selected, and where the data stays.

import { signal } from '@preact/signals'
import { groupDigits, valueText } from '../../core/base/people-fmt.ts'
import { readBoot } from '../boot.ts'
import { namesNote } from '../name-finder.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton } from '../parts/menu.tsx'
import { displayName, shortName, typeWords } from '../parts/name.tsx'
import { damaged, loading, unreadable } from '../session.ts'
import { files, profiles, selected, shownProfiles } from '../state.ts'
import { useProfileHead } from './profile-head.ts'
import { togetherName } from './source-names.ts'

/** What the view says of itself, such as how long drawing took, and what was copied. */
export const viewNote = signal('')

const boot = readBoot()

export function StatusBar() {
  const shown = shownProfiles.value
  const samples = shown.reduce((n, p) => n + p.samples, 0)
  const at = loading.value
  const head = useProfileHead()
  return (
    <footer class="status">
      {shown.length > 0 ? (
        <span class="cut">
          {togetherName(shown.map((p) => p.name))}
          {head !== undefined &&
            head.type !== '' &&
            `, ${typeWords(head.type)} ${valueText(head.total, head.unit)}`}
          , {groupDigits(samples)} {samples === 1 ? 'stack' : 'stacks'}
        </span>
      ) : (
        (files.value?.length ?? 0) > 0 && <span>{groupDigits(files.value!.length)} files</span>
      )}
      <Problems />
      {at !== undefined && files.value !== undefined && (
        <span class="cut">
          reading {shortName(at.name)}, {at.done + 1} of {at.total}
        </span>
      )}
      {selected.value !== '' && (
        <span class="row cut">
          selected <code class="sel cut">{shortName(selected.value)}</code>
        </span>
      )}
      {namesNote.value !== '' && <span class="cut">{shortName(namesNote.value.replace(/\s+/g, ' '))}</span>}
      <span class="grow" />
      <span class="cut note" role="status" aria-live="polite">
        {viewNote.value}
      </span>
      <span class="row" title={boot.version === '' ? undefined : `goscope ${boot.version}`}>
        <Icon name="lock" /> {boot.mode === 'static' ? 'stays in this page' : 'stays on this machine'}
      </span>
    </footer>
  )
}

/** What could not be read, or not wholly, and what was lost by that. */
function Problems() {
  const unread = new Set(profiles.value?.failed.map((f) => f.name))
  const failed = [
    ...unreadable.value.map((f) => ({ name: f.name, notes: [f.message], lost: 'nothing of it is shown' })),
    ...damaged.value.map((f) => ({
      name: f.name,
      notes: [f.message],
      // What cannot be decoded says so for itself.
      lost: unread.has(f.name) ? '' : 'what came before it is shown',
    })),
    ...(profiles.value?.failed ?? []).map((f) => ({
      name: f.name,
      notes: [f.message],
      lost: 'nothing of it is shown',
    })),
    ...(profiles.value?.profiles ?? []).flatMap((p) =>
      p.problems.length > 0
        ? [{ name: p.name, notes: p.problems, lost: `${groupDigits(p.samples)} samples before it are shown` }]
        : [],
    ),
    ...(files.value ?? [])
      .filter((f) => f.kind === 'empty')
      .map((f) => ({ name: f.name, notes: ['it is empty'], lost: '' })),
    ...(boot.notes ?? []).map((note) => ({ name: 'This page', notes: [note], lost: '' })),
  ]
  if (failed.length === 0) return null
  return (
    <MenuButton
      label={`${failed.length} problems`}
      class="status-problems"
      menuClass="problems"
      role="dialog"
      button={
        <>
          <Icon name="warning" /> {failed.length} {failed.length === 1 ? 'problem' : 'problems'}
        </>
      }
    >
      {() => (
        <div class="scroll">
          {failed.map((f) => (
            <section class="sec" key={`${f.name} ${f.notes[0]}`}>
              <p class="b">{displayName(f.name)}</p>
              {f.notes.map((n) => (
                <p key={n} class="m t2 wrap">
                  {displayName(n)}
                </p>
              ))}
              {f.lost !== '' && <p class="t3 xs">{f.lost}</p>}
            </section>
          ))}
        </div>
      )}
    </MenuButton>
  )
}
