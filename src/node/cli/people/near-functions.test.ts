import { expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { nearFunctions } from './near-functions.ts'

const profile = profileFrom(`
  main.main                   main.main
  main.(*Shop).handleQuote    encoding/json.Marshal
  main.validSKU               encoding/json.(*encodeState).marshal
  = 1                         = 1
`)

test('case, and a letter or two, do not matter', () => {
  expect(nearFunctions(profile, 'validSku', 3)).toEqual(['main.validSKU'])
  expect(nearFunctions(profile, 'main.validSUK', 3)).toEqual(['main.validSKU'])
  expect(nearFunctions(profile, 'handleQuoet', 3)).toEqual(['main.(*Shop).handleQuote'])
  expect(nearFunctions(profile, '^json\\.Marshall$', 3)).toEqual(['encoding/json.Marshal'])
})

test('nothing is near to what is far', () => {
  expect(nearFunctions(profile, 'somethingElse', 3)).toEqual([])
  expect(nearFunctions(profile, 'x', 3)).toEqual([])
})
