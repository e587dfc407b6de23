// The bar at the top: what is open, the sample type, the command box, what can be done with it.

import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { go, param } from '../address.ts'
import { Icon } from '../parts/icons.tsx'
import { Keycaps } from '../parts/kbd.tsx'
import { MenuButton, MenuItem } from '../parts/menu.tsx'
import { typeWords } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { profiles, shownProfiles } from '../state.ts'
import { openPalette, overlay } from './overlay.ts'
import { ShareMenu } from './share-menu.tsx'
import { SourceMenu } from './source-menu.tsx'
import { ThemeMenu } from './theme-menu.tsx'

/** More sample types than this are in a menu. */
const SIDE_BY_SIDE = 4

export function TitleBar() {
  const comparable = (profiles.value?.profiles.length ?? 0) > 0
  return (
    <header class="title">
      <Logo />
      <SourceMenu />
      <SampleTypes />
      <span class="grow" />
      <button
        type="button"
        class="ctl cmd"
        aria-label="Find a function, goroutine or command"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K"
        onClick={() => openPalette()}
      >
        <Icon name="search" />
        <span class="grow cut">Find a function, goroutine or command</span>
        <Keycaps name="Ctrl+k" />
      </button>
      <span class="grow" />
      <button
        type="button"
        class="ctl q fold"
        aria-haspopup="dialog"
        aria-label="Compare"
        title="Compare with other profiles"
        disabled={!comparable}
        onClick={() => {
          overlay.value = 'compare'
        }}
      >
        <Icon name="swap" />
        <span class="word">Compare</span>
      </button>
      <ShareMenu />
      <ThemeMenu />
      <button
        type="button"
        class="ctl q ic spare"
        aria-haspopup="dialog"
        aria-label="Keyboard shortcuts"
        title="Keyboard (?)"
        onClick={() => {
          overlay.value = 'keys'
        }}
      >
        <Icon name="keys" />
      </button>
    </header>
  )
}

/** The sample type in force. */
export function selectedType(profile: ProfileEntry): string {
  const { defaultSampleType, sampleTypes } = profile
  const si = param('si')
  const named = sampleTypes.find((t) => t.type === si || t.type === si.replace(/^inuse_/, ''))
  if (named !== undefined) return named.type
  const numbered = /^\d+$/.test(si) ? sampleTypes[Number(si)] : undefined
  const initial = sampleTypes.find((t) => t.type === defaultSampleType)
  return (numbered ?? initial ?? sampleTypes.at(-1))?.type ?? ''
}

function SampleTypes() {
  const profile = shownProfiles.value[0]
  if (profile === undefined || profile.sampleTypes.length < 2) return null
  const value = selectedType(profile)
  const choose = (si: string): void => go({ set: { si } })
  const choices = profile.sampleTypes.map((t) => ({
    id: t.type,
    title: typeWords(t.type),
    hint: typeWords(t.unit),
  }))
  const button = (
    <>
      {typeWords(value)}
      <Icon name="down" />
    </>
  )
  const menu = (
    <MenuButton label={`Sample type: ${typeWords(value)}`} button={button} class="ctl">
      {(close) =>
        choices.map((c) => (
          <MenuItem
            key={c.id}
            radio
            checked={c.id === value}
            hint={c.hint}
            onSelect={() => {
              close()
              choose(c.id)
            }}
          >
            {c.title}
          </MenuItem>
        ))
      }
    </MenuButton>
  )
  if (choices.length > SIDE_BY_SIDE) return menu
  return (
    <>
      <span class="roomy">
        <Segmented label="Sample type" choices={choices} value={value} onChoose={choose} />
      </span>
      <span class="tight">{menu}</span>
    </>
  )
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
