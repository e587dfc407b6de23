// The line at the bottom: sources, what is selected, and where the data stays.

import { signal } from '@preact/signals'
import { groupDigits } from '../../core/base/people-fmt.ts'
import { readBoot } from '../boot.ts'
import { Icon } from '../parts/icons.tsx'
import { shortName } from '../parts/name.tsx'
import { profiles, selected, shownProfiles } from '../state.ts'

/** What the view says of itself, such as how long drawing took. */
export const viewNote = signal('')

const boot = readBoot()

export function StatusBar() {
  const shown = shownProfiles.value
  const failed = profiles.value?.failed ?? []
  const samples = shown.reduce((n, p) => n + p.samples, 0)
  return (
    <footer class="status">
      {shown.length > 0 && (
        <span>
          {shown.map((p) => shortName(p.name)).join(' + ')}, {groupDigits(samples)} samples
        </span>
      )}
      {failed.map((f) => (
        <span class="warn" key={f.id}>
          {shortName(f.name)}: {f.message}
        </span>
      ))}
      {selected.value !== '' && (
        <span>
          selected <code class="sel">{shortName(selected.value)}</code>
        </span>
      )}
      <span class="grow" />
      {viewNote.value !== '' && <span>{viewNote.value}</span>}
      <span class="row">
        <Icon name="lock" /> {boot.mode === 'static' ? 'stays in this page' : 'stays on this machine'}
      </span>
    </footer>
  )
}
