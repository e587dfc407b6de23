import { expect, test } from 'vitest'
import { OpcodeMap } from './x86-forms.ts'
import { ONE_BYTE, VEX } from './x86-map-one.ts'
import { AFTER_0F, AFTER_0F3A, AFTER_0F38 } from './x86-map-two.ts'

const MAPS = { ONE_BYTE, VEX, AFTER_0F, AFTER_0F38, AFTER_0F3A }

test.each(Object.entries(MAPS))('every opcode of %s can be made', (_, text) => {
  const map = new OpcodeMap(text)
  let made = 0
  for (let byte = 0; byte < 256; byte++) {
    const opcode = map.get(byte)
    if (opcode === undefined) continue
    made++
    expect(opcode.any !== undefined || opcode.byModrm?.some((c) => c !== undefined)).toBe(true)
    expect(map.get(byte)).toBe(opcode)
  }
  expect(made).toBeGreaterThan(0)
})

test('a spelling mistake in a map is an error', () => {
  expect(() => new OpcodeMap('00 ADD ?x,Gb').get(0)).toThrow('operand')
})
