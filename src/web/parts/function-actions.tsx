// What can be done with a function, wherever it stands: the same list for menus, details and keys.

import { packageOf } from '../../core/analysis/transform/frame-names.ts'
import { visibleText } from '../../core/base/visible-text.ts'
import { encodeTransforms, type TransformOp } from '../../core/engine/workbench/transforms.ts'
import { go } from '../address.ts'
import { type Keys, useKeys } from '../keys.ts'
import { transforms } from '../state.ts'
import { copyText } from './clipboard.ts'
import type { IconName } from './icons.tsx'
import { ContextMenu, MenuItem, MenuLine, MenuTitle } from './menu.tsx'
import { FunctionName } from './name.tsx'

export interface FunctionAction {
  readonly id: string
  readonly title: string
  readonly keys?: string
  readonly icon?: IconName
  /** Actions of a group stand together. */
  readonly group: 'show' | 'change' | 'copy'
  run(name: string): void
}

/** Adds a transform to those in force; a step of the history. */
export function addTransform(op: TransformOp, name: string): void {
  go({ set: { t: encodeTransforms([...transforms.peek(), { op, name }]) } })
}

function toView(
  view: string,
  more: Readonly<Record<string, string | undefined>> = {},
): (name: string) => void {
  return (name) => go({ view, set: { ...more, sel: name } })
}

/** All of them, in the order of menus. */
export const FUNCTION_ACTIONS: readonly FunctionAction[] = [
  {
    id: 'source',
    title: 'Source',
    keys: 's',
    icon: 'code',
    group: 'show',
    run: toView('source'),
  },
  {
    id: 'sandwich',
    title: 'Sandwich: callers and callees',
    keys: 'w',
    icon: 'layers',
    group: 'show',
    run: toView('flame', { 'flame.layout': 'sandwich', 'flame.fn': undefined, p: undefined }),
  },
  {
    id: 'peek',
    title: 'Peek: calls by weight',
    icon: 'list',
    group: 'show',
    run: toView('peek'),
  },
  { id: 'disasm', title: 'Disassembly', group: 'show', run: toView('disasm') },
  { id: 'graph', title: 'Show in the graph', group: 'show', run: toView('graph') },
  {
    id: 'focus',
    title: 'Focus: only stacks with it',
    keys: 'f',
    icon: 'focus',
    group: 'change',
    run: (name) => addTransform('focus', name),
  },
  { id: 'from', title: 'Start at it', group: 'change', run: (name) => addTransform('from', name) },
  {
    id: 'hide',
    title: 'Hide its frames',
    keys: 'x',
    icon: 'hide',
    group: 'change',
    run: (name) => addTransform('hide', name),
  },
  {
    id: 'merge',
    title: 'Merge it into its callers',
    keys: 'm',
    group: 'change',
    run: (name) => addTransform('merge', name),
  },
  {
    id: 'recursion',
    title: 'Collapse its recursion',
    keys: 'r',
    group: 'change',
    run: (name) => addTransform('recursion', name),
  },
  {
    id: 'package',
    title: 'Collapse its package',
    group: 'change',
    run: (name) => addTransform('package', packageOf(name)),
  },
  { id: 'drop', title: 'Drop stacks with it', group: 'change', run: (name) => addTransform('drop', name) },
  {
    id: 'copy',
    title: 'Copy its name',
    keys: 'c',
    icon: 'copy',
    group: 'copy',
    run: (name) => copyText(visibleText(name), 'the name'),
  },
]

/** The actions' keys, for the function that `name` gives; '' is none. */
export function useFunctionKeys(title: string, name: () => string): void {
  const keys: Record<string, Keys[string]> = {}
  for (const a of FUNCTION_ACTIONS)
    if (a.keys !== undefined)
      keys[a.keys] = {
        does: a.title,
        run: () => {
          const of = name()
          if (of !== '') a.run(of)
        },
      }
  useKeys(title, keys)
}

/** Where a menu is open, and for whom. */
export interface FunctionMenuAt {
  readonly name: string
  readonly x: number
  readonly y: number
}

/** The actions as a menu at a point. */
export function FunctionMenu({ at, onClose }: { readonly at: FunctionMenuAt; readonly onClose: () => void }) {
  return (
    <ContextMenu x={at.x} y={at.y} label="Function" onClose={onClose}>
      <MenuTitle>
        <FunctionName name={at.name} />
      </MenuTitle>
      <FunctionMenuItems name={at.name} close={onClose} />
    </ContextMenu>
  )
}

/** The actions as entries of a menu. */
export function FunctionMenuItems({ name, close }: { readonly name: string; readonly close: () => void }) {
  return (
    <>
      {FUNCTION_ACTIONS.map((a, i) => (
        <>
          {i > 0 && FUNCTION_ACTIONS[i - 1]!.group !== a.group && <MenuLine />}
          <MenuItem
            key={a.id}
            {...(a.icon && { icon: a.icon })}
            {...(a.keys && { keys: a.keys })}
            onSelect={() => {
              close()
              a.run(name)
            }}
          >
            {a.title}
          </MenuItem>
        </>
      ))}
    </>
  )
}
