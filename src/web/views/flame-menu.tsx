// What can be done with a frame: actions, their keys, and the menu that lists them.

import { packageOf } from '../../core/analysis/transform/frame-names.ts'
import { go } from '../address.ts'
import { pathTo } from '../draw/flame-geometry.ts'
import type { Keys, PanelId } from '../keys.ts'
import { copyText } from '../parts/clipboard.ts'
import type { IconName } from '../parts/icons.tsx'
import { ContextMenu, MenuItem, MenuLine, MenuTitle } from '../parts/menu.tsx'
import { shortName } from '../parts/name.tsx'
import type { PaneHandle } from './flame-pane.tsx'
import { addTransform, setLayout } from './flame-state.ts'

interface FrameAction {
  readonly title: string
  readonly key?: string
  readonly icon?: IconName
  /** Not for the root. */
  readonly run: (name: string, box: number, pane: PaneHandle) => void
  /** A line above it. */
  readonly apart?: boolean
}

/** Names from the root to a frame, one a line. */
function stackText(pane: PaneHandle, box: number): string {
  const { boxes, frames } = pane.tree
  return pathTo(boxes, box)
    .map((b) => frames.names[boxes.frame[b]!]!)
    .join('\n')
}

export function frameActions(panel: PanelId): readonly FrameAction[] {
  return [
    { title: 'Zoom', key: 'Enter', icon: 'search', run: (_, box, pane) => pane.zoom(box) },
    {
      title: 'Focus: only stacks with it',
      key: 'f',
      icon: 'focus',
      run: (name) => addTransform(panel, 'focus', name),
      apart: true,
    },
    { title: 'Show from it', run: (name) => addTransform(panel, 'from', name) },
    {
      title: 'Drop stacks with it',
      key: 'd',
      icon: 'trash',
      run: (name) => addTransform(panel, 'drop', name),
    },
    { title: 'Hide it', key: 'x', icon: 'hide', run: (name) => addTransform(panel, 'hide', name) },
    {
      title: 'Merge into its caller, with all it calls',
      key: 'm',
      run: (name) => addTransform(panel, 'merge', name),
    },
    { title: 'Fold direct recursion', key: 'r', run: (name) => addTransform(panel, 'recursion', name) },
    { title: 'Fold all recursion', key: 'Shift+r', run: (name) => addTransform(panel, 'cycles', name) },
    {
      title: 'Fold its package',
      key: 'p',
      run: (name) => {
        const pkg = packageOf(name)
        if (pkg !== '') addTransform(panel, 'package', pkg)
      },
    },
    {
      title: 'Sandwich: callers and callees',
      key: 'w',
      icon: 'swap',
      run: (name) => setLayout(panel, 'sandwich', name),
      apart: true,
    },
    { title: 'Source', key: 's', icon: 'code', run: (name) => go({ view: 'source', set: { sel: name } }) },
    { title: 'Show in the table', icon: 'list', run: (name) => go({ view: 'top', set: { sel: name } }) },
    { title: 'Copy name', key: 'c', icon: 'copy', run: (name) => copyText(name, 'the name'), apart: true },
    {
      title: 'Copy stack',
      key: 'Shift+c',
      run: (_, box, pane) => copyText(stackText(pane, box), 'the stack'),
    },
  ]
}

/** The name that an action is about; undefined for the root. */
export function nameAt(pane: PaneHandle, box: number): string | undefined {
  const { boxes, frames } = pane.tree
  return box > 0 && box < boxes.count ? frames.names[boxes.frame[box]!] : undefined
}

/** Keys of the actions, for the frame that keys are on. */
export function actionKeys(panel: PanelId, pane: () => PaneHandle | null): Keys {
  const keys: Record<string, { does: string; run: () => void }> = {}
  for (const action of frameActions(panel)) {
    if (action.key === undefined) continue
    keys[action.key] = {
      does: action.title.toLowerCase(),
      run: () => {
        const handle = pane()
        if (handle === null) return
        const box = handle.cursor()
        const name = nameAt(handle, box)
        if (name !== undefined) action.run(name, box, handle)
        else if (action.key === 'Enter' && box === 0) handle.zoom(0)
      },
    }
  }
  return keys
}

export function FrameMenu(props: {
  readonly panel: PanelId
  readonly box: number
  readonly pane: PaneHandle
  readonly x: number
  readonly y: number
  readonly onClose: () => void
}) {
  const { panel, box, pane, x, y, onClose } = props
  const name = nameAt(pane, box)
  if (name === undefined)
    return (
      <ContextMenu x={x} y={y} label="Everything" onClose={onClose}>
        <MenuItem
          keys="0"
          onSelect={() => {
            onClose()
            pane.zoom(0)
          }}
        >
          Show all
        </MenuItem>
      </ContextMenu>
    )
  return (
    <ContextMenu x={x} y={y} label={`Actions for ${shortName(name)}`} onClose={onClose}>
      <MenuTitle>
        <span class="m fl-menu-name">{shortName(name)}</span>
      </MenuTitle>
      {frameActions(panel).map((a) => (
        <>
          {a.apart && <MenuLine />}
          <MenuItem
            {...(a.icon && { icon: a.icon })}
            {...(a.key && { keys: a.key })}
            disabled={a.key === 'p' && packageOf(name) === ''}
            onSelect={() => {
              onClose()
              a.run(name, box, pane)
            }}
          >
            {a.title}
          </MenuItem>
        </>
      ))}
    </ContextMenu>
  )
}
