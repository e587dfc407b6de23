import { describe, expect, test } from 'vitest'
import type { Int } from '../base/int64.ts'
import type { ElfImage, ElfSegment } from './elf.ts'
import type { Image } from './image.ts'
import { goToolBase, kernelSymbolFor, mappingBase, objectAddress, tableAddress } from './object-address.ts'

const segment = (
  offset: number,
  address: number,
  fileSize: number,
  size = fileSize,
  executable = true,
): ElfSegment => ({
  name: '',
  type: 1,
  offset,
  address,
  fileSize,
  size,
  align: 0x1000,
  executable,
  writable: false,
})

const elf = (kind: Image['kind'], segments: ElfSegment[], text: number): ElfImage =>
  ({
    format: 'elf',
    kind,
    segments,
    sections: [{ name: '.text', address: text }],
    loadAddress: segments.find((s) => s.executable)?.address,
  }) as unknown as ElfImage

const base = (
  image: ElfImage,
  start: Int,
  limit: Int,
  offset: Int,
  address: Int,
  kernel?: Int,
): Int | string => {
  const r = mappingBase(image, { start, limit, offset }, address, kernel)
  return 'base' in r ? r.base : r.problem
}

describe('go tool style', () => {
  const pie = elf('shared', [segment(0x1000, 0x1000, 0x5000)], 0x1000)

  test('the mapping start stands for the load address', () => {
    expect(goToolBase(pie, 0x555555554000)).toBe(0x555555553000)
    expect(objectAddress(0x555555554123, 0x555555553000)).toBe(0x1123)
    expect(goToolBase(pie, 0)).toBe(0)
  })

  test('addresses wrap at 64 bits', () => {
    expect(goToolBase(pie, 0x10)).toBe(0xfffffffffffff010n)
    expect(objectAddress(0x10, 0xfffffffffffff010n)).toBe(0x1000)
    expect(objectAddress(0xffffffff81000010n, 0)).toBe(0xffffffff81000010n)
    expect(tableAddress(0xffffffff81000010n)).toBe(-0x7efffff0)
  })
})

describe('by mapping and segment', () => {
  test('executables and libraries', () => {
    const fixed = elf('executable', [segment(0, 0x400000, 0x3000)], 0x401000)
    expect(base(fixed, 0x400000, 0x403000, 0, 0x401234)).toBe(0)
    const pie = elf('shared', [segment(0, 0, 0x1000, 0x1000, false), segment(0x1000, 0x1000, 0x5000)], 0x1000)
    expect(base(pie, 0x7f0000001000, 0x7f0000006000, 0x1000, 0x7f0000001234)).toBe(0x7f0000000000)
    // Linked at other addresses than in the file.
    const moved = elf('shared', [segment(0x1000, 0x201000, 0x5000)], 0x201000)
    expect(base(moved, 0x7f0000001000, 0x7f0000006000, 0x1000, 0x7f0000001234)).toBe(0x7effffe00000)
  })

  test('the whole address space is no mapping', () => {
    const fixed = elf('executable', [segment(0, 0x400000, 0x3000)], 0x401000)
    expect(base(fixed, 0, 0xffffffffffffffffn, 0, 0x401000)).toBe(0)
  })

  test('kernels', () => {
    const kernel = elf('executable', [segment(0x200000, -0x7f000000, 0x1000000)], -0x7f000000)
    // Moved by 0x2000000; the mapping starts at _stext.
    const start = 0xffffffff83000198n
    expect(base(kernel, start, start + 0x100000n, 0, start + 5n, 0xffffffff81000198n)).toBe(0x2000000)
    expect(base(kernel, 0xffffffff83000000n, 0xffffffff84000000n, 0, 0xffffffff83000005n)).toBe(0x2000000)
  })

  test('what fits nowhere is told', () => {
    const fixed = elf('executable', [segment(0, 0x400000, 0x3000)], 0x401000)
    expect(base(fixed, 0x400000, 0x403000, 0, 0x404000)).toMatch(/outside the mapping/)
    expect(base(fixed, 0x400000, 0x403000, 0x900000, 0x401000)).toMatch(/no program header matches/)
  })

  test('only kernels are searched for their symbol', () => {
    const page = { start: 0x1000, limit: 0x2000, offset: 0 }
    const refuse = (): never => {
      throw new Error('symbols were read')
    }
    expect(kernelSymbolFor('/bin/true', page, refuse)).toBeUndefined()
    expect(() => kernelSymbolFor('/boot/vmlinux', page, refuse)).toThrow('symbols were read')
  })
})
