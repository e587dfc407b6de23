// The button of a table: which columns, and its rows as text.

import { groupDigits } from '../../core/base/people-fmt.ts'
import { copyText } from './clipboard.ts'
import { Icon } from './icons.tsx'
import { MenuButton, MenuItem, MenuLine, MenuTitle } from './menu.tsx'
import type { TableHandle } from './table.tsx'
import { chooseColumns, chosenColumns } from './table-state.ts'
import { TABLE_FORMATS, tableText } from './table-text.ts'

export function TableMenu({ table }: { readonly table: TableHandle }) {
  return (
    <MenuButton
      label="Columns, copy"
      title="Columns, copy"
      class="ctl ic"
      align="end"
      button={<Icon name="list" />}
    >
      {(close) => <Choices table={table} close={close} />}
    </MenuButton>
  )
}

function Choices({ table, close }: { readonly table: TableHandle; readonly close: () => void }) {
  const { id, columns, shown, order } = table
  const toggle = (column: string): void => {
    const now = new Set(chosenColumns(id) ?? shown.map((c) => c.id))
    if (!now.delete(column)) now.add(column)
    // The first column is always there; its id stands for "chosen, but no other".
    const first = columns[0]!.id
    chooseColumns(id, [first, ...columns.slice(1).flatMap((c) => (now.has(c.id) ? [c.id] : []))])
  }
  return (
    <>
      <MenuTitle>Columns</MenuTitle>
      {columns.slice(1).map((c) => (
        <MenuItem
          key={c.id}
          checked={chosenColumns(id)?.has(c.id) ?? shown.includes(c)}
          onSelect={() => toggle(c.id)}
        >
          {c.hint ?? c.title}
        </MenuItem>
      ))}
      {chosenColumns(id) !== undefined && (
        <MenuItem icon="undo" onSelect={() => chooseColumns(id, undefined)}>
          Those that fit
        </MenuItem>
      )}
      <MenuLine />
      <MenuTitle>Copy {groupDigits(order.length)} rows as</MenuTitle>
      {TABLE_FORMATS.map((format) => (
        <MenuItem
          key={format}
          icon="copy"
          onSelect={() => {
            copyText(tableText(shown, order, format), `${groupDigits(order.length)} rows as ${format}`)
            close()
          }}
        >
          {format}
        </MenuItem>
      ))}
    </>
  )
}
