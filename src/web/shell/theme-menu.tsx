// Dark or light, and which colours differences have.

import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem, MenuLine, MenuTitle } from '../parts/menu.tsx'
import { colourBlind, type Theme, theme } from '../theme.ts'

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export function ThemeMenu() {
  return (
    <MenuButton label="Theme" title="Theme (T)" class="ctl q ic" align="end" button={<Icon name="theme" />}>
      {(close) => (
        <>
          <MenuTitle>Theme</MenuTitle>
          {THEMES.map(([id, title]) => (
            <MenuItem
              key={id}
              radio
              checked={theme.value === id}
              onSelect={() => {
                theme.value = id
                close()
              }}
            >
              {title}
            </MenuItem>
          ))}
          <MenuLine />
          <MenuTitle>Differences</MenuTitle>
          {[false, true].map((cb) => (
            <MenuItem
              key={String(cb)}
              radio
              checked={colourBlind.value === cb}
              onSelect={() => {
                colourBlind.value = cb
                close()
              }}
            >
              {cb ? 'Orange and blue (colour-blind safe)' : 'Red and green'}
            </MenuItem>
          ))}
        </>
      )}
    </MenuButton>
  )
}
