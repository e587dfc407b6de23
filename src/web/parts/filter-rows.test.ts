import { expect, test } from 'vitest'
import { filterRows, patternProblem, textTest } from './filter-rows.ts'

const names = ['main.(*T).Run', 'runtime.mallocgc', 'main.run']
const rows = async (pattern: string, regexp: boolean): Promise<number[]> => [
  ...filterRows(names.length, (r) => names[r]!, (await textTest(pattern, regexp))!),
]

test('plain text is text, whatever the case', async () => {
  expect(await rows('(*t).', false)).toEqual([0])
  expect(await rows('RUN', false)).toEqual([0, 1, 2])
})

test('expressions are those of Go', async () => {
  expect(await rows('^main\\..*run$', true)).toEqual([0, 2])
  expect(await rows('\\bgc|malloc', true)).toEqual([1])
  await expect(textTest('(a', true)).rejects.toThrow('missing closing )')
  const problem = await textTest('(a', true).catch(patternProblem)
  expect(problem).not.toContain('(?i)')
})

test('nothing to look for leaves everything', async () => {
  expect(await textTest('', true)).toBeUndefined()
})
