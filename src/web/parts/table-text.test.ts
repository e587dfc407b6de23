import { expect, test } from 'vitest'
import { tableText } from './table-text.ts'

const names = ['main.run', 'a"b,c', '=HYPERLINK("x")', '<b>|*x*\n\t']
const columns = [
  { title: 'Function', text: (r: number) => names[r]! },
  { title: 'Self', text: (r: number) => `${r} ms` },
]

test('tabs: one cell stays one cell', () => {
  expect(tableText(columns, [0, 3], 'TSV')).toBe('Function\tSelf\nmain.run\t0 ms\n<b>|*x* \t3 ms\n')
})

test('commas: quoted where needed, formulas disarmed', () => {
  expect(tableText(columns, [1, 2], 'CSV')).toBe('Function,Self\n"a""b,c",1 ms\n"\'=HYPERLINK(""x"")",2 ms\n')
})

test('Markdown: signs stay signs', () => {
  expect(tableText(columns, [3], 'Markdown')).toBe(
    '| Function | Self |\n| --- | --- |\n| &lt;b&gt;\\|\\*x\\* \t | 3 ms |\n',
  )
})
