// Configurations: the default, those that were saved, saving and deleting.

import { useEffect, useState } from 'preact/hooks'
import { Dialog, DialogHead } from '../parts/dialog.tsx'
import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem, MenuLine } from '../parts/menu.tsx'
import { displayName } from '../parts/name.tsx'
import { hasServer } from '../server-api.ts'
import { applyOptions, currentOptions } from './options.ts'
import { closeOverlay, overlay } from './overlay.ts'
import {
  configsError,
  loadConfigs,
  removeConfig,
  sameOptions,
  savedConfigs,
  storeConfig,
} from './saved-configs.ts'

export function ConfigMenu() {
  return (
    <MenuButton
      label="Configurations"
      class="ctl"
      button={
        <>
          Config <Icon name="down" />
        </>
      }
    >
      {(close) => <Configs close={close} />}
    </MenuButton>
  )
}

function Configs({ close }: { readonly close: () => void }) {
  useEffect(() => void loadConfigs(), [])
  /** The one that is about to be deleted. */
  const [doomed, setDoomed] = useState('')
  const [error, setError] = useState('')
  const now = currentOptions()
  const list = savedConfigs.value ?? []
  const problem = error || configsError.value
  return (
    <>
      <MenuItem
        icon="plus"
        onSelect={() => {
          close()
          overlay.value = 'save-config'
        }}
      >
        Save as…
      </MenuItem>
      <MenuLine />
      <MenuItem
        radio
        checked={Object.keys(now).length === 0}
        onSelect={() => {
          close()
          applyOptions({})
        }}
      >
        Default
      </MenuItem>
      {list.map((c) =>
        c.name === doomed ? (
          <div class="mi-ask" key={c.name} role="presentation">
            <span class="grow cut">Delete “{displayName(c.name)}”?</span>
            <button
              type="button"
              role="menuitem"
              class="ctl danger"
              onClick={() => {
                setDoomed('')
                removeConfig(c.name).catch((e: unknown) =>
                  setError(e instanceof Error ? e.message : String(e)),
                )
              }}
            >
              Delete
            </button>
            <button type="button" role="menuitem" class="ctl" onClick={() => setDoomed('')}>
              Keep
            </button>
          </div>
        ) : (
          <div class="mi-pair" key={c.name}>
            <MenuItem
              radio
              checked={sameOptions(c.options, now)}
              onSelect={() => {
                close()
                applyOptions(c.options)
              }}
            >
              {displayName(c.name)}
            </MenuItem>
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="ctl q ic"
              aria-label={`Delete ${displayName(c.name)}`}
              title="Delete"
              onClick={() => setDoomed(c.name)}
            >
              <Icon name="trash" />
            </button>
          </div>
        ),
      )}
      {problem !== '' && (
        <p class="menu-note wrong-text" role="alert">
          {displayName(problem)}
        </p>
      )}
    </>
  )
}

export function SaveConfig() {
  const [name, setName] = useState('')
  const [error, setError] = useState('')
  useEffect(() => void loadConfigs(), [])
  const known = (savedConfigs.value ?? []).map((c) => c.name)
  const options = currentOptions()
  const save = async (): Promise<void> => {
    try {
      await storeConfig({ name: name.trim(), options })
      closeOverlay()
    } catch (e) {
      setError(e instanceof Error ? e.message : String(e))
    }
  }
  return (
    <Dialog label="Save the configuration" class="narrow" onClose={closeOverlay}>
      <DialogHead title="Save the configuration" onClose={closeOverlay} />
      <form
        class="dlg-form"
        onSubmit={(e) => {
          e.preventDefault()
          void save()
        }}
      >
        <label class="rf">
          <span class="t2 sm">Name</span>
          <input
            class="rf-text"
            list="config-names"
            value={name}
            autocomplete="off"
            data-first
            onInput={(e) => setName(e.currentTarget.value)}
          />
          <datalist id="config-names">
            {known.map((n) => (
              <option key={n} value={n} />
            ))}
          </datalist>
        </label>
        {known.includes(name.trim()) && <p class="warn-text sm">It takes the place of what has this name.</p>}
        {error !== '' && (
          <p class="wrong-text sm" role="alert">
            {displayName(error)}
          </p>
        )}
        <p class="t3 sm">
          {Object.keys(options).length === 0
            ? 'No filter and no option is in force: this saves the default.'
            : `Saves ${Object.entries(options)
                .map(([k, v]) => `${k}=${displayName(v).slice(0, 40)}`)
                .join(', ')}.`}{' '}
          {hasServer ? 'go tool pprof knows it by the same name.' : 'Kept by this browser.'}
        </p>
        <div class="row end">
          <button type="button" class="ctl" onClick={closeOverlay}>
            Cancel
          </button>
          <button type="submit" class="ctl p" disabled={name.trim() === ''}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  )
}
