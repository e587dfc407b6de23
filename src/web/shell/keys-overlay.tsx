// All keys that work now, by where they belong.

import { Fragment } from 'preact'
import { activeKeys } from '../keys.ts'
import { Dialog, DialogHead } from '../parts/dialog.tsx'
import { Keycaps } from '../parts/kbd.tsx'
import { closeOverlay } from './overlay.ts'

const MOUSE: readonly (readonly [does: string, how: string])[] = [
  ['Select', 'Click'],
  ['Zoom, or open the source', 'Double click'],
  ['All actions', 'Right click'],
  ['Pan', 'Drag'],
  ['Zoom at the pointer', 'Ctrl wheel'],
  ['Choose a time range', 'Shift drag'],
]

export function KeysOverlay() {
  const groups = activeKeys()
  return (
    <Dialog label="Keyboard" class="wide" onClose={closeOverlay}>
      <DialogHead
        title="Keyboard"
        hint="what works here and now; Ctrl is Cmd on a Mac"
        onClose={closeOverlay}
      />
      <div class="keys scroll">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {byAction(keys).map(([does, names]) => (
                <div class="kr" key={does}>
                  <dt class="cut">{does}</dt>
                  <dd class="ks">
                    {names.map((name, i) => (
                      <Fragment key={name}>
                        {i > 0 && name === '9' && '…'}
                        <Keycaps name={name} />
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Mouse</h3>
          <dl>
            {MOUSE.map(([does, how]) => (
              <div class="kr" key={does}>
                <dt class="cut">{does}</dt>
                <dd class="ks">
                  <kbd>{how}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}

/** Several keys for the same stand in one line. */
function byAction(
  keys: Readonly<Record<string, { readonly does: string; readonly hidden?: boolean }>>,
): [does: string, names: string[]][] {
  const out = new Map<string, string[]>()
  for (const [name, { does, hidden }] of Object.entries(keys)) {
    if (hidden) continue
    const title = `${does[0]?.toUpperCase() ?? ''}${does.slice(1)}`
    out.set(title, [...(out.get(title) ?? []), name])
  }
  return [...out]
}
