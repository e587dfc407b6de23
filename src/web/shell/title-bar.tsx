// The bar at the top: what is open, the sample type, search, actions.

import { go, param } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { files, shownProfiles } from '../state.ts'
import { toggleTheme } from '../theme.ts'

export function TitleBar() {
  const list = files.value ?? []
  const profile = shownProfiles.value[0]
  return (
    <header class="title">
      <Logo />
      <span class="ctl">
        <Icon name="layers" />
        <b>{list.length === 1 ? list[0]!.name : `${list.length} files`}</b>
      </span>
      {profile !== undefined && profile.sampleTypes.length > 1 && (
        <span class="seg" role="group" aria-label="Sample type">
          {profile.sampleTypes.map((t, i) => (
            <button
              type="button"
              key={t.type}
              class={isSelected(t.type, i) ? 'on' : ''}
              aria-pressed={isSelected(t.type, i)}
              onClick={() => go({ set: { si: t.type } })}
            >
              {t.type.replaceAll('_', ' ')}
            </button>
          ))}
        </span>
      )}
      <span class="grow" />
      <button
        type="button"
        class="ctl q ic"
        aria-label="Change the theme"
        title="Theme (T)"
        onClick={toggleTheme}
      >
        <Icon name="theme" />
      </button>
    </header>
  )
  function isSelected(type: string, i: number): boolean {
    const si = param('si')
    if (si !== '') return si === type || si === String(i)
    const { defaultSampleType, sampleTypes } = profile!
    return defaultSampleType === '' ? i === sampleTypes.length - 1 : type === defaultSampleType
  }
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 22 22" role="img" aria-label="goscope">
      <rect x="1" y="1" width="20" height="20" rx="6" class="logo-back" />
      <path d="M5.5 7h11M5.5 11h7.5M5.5 15h4" class="logo-lines" />
      <circle cx="15.3" cy="14.6" r="2.3" class="logo-lens" />
    </svg>
  )
}
