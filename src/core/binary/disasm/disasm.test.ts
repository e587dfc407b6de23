import { describe, expect, test } from 'vitest'
import { type Disassembler, type Listing, loadDisassembler } from './index.ts'
import { fakeSymbols, fromHex } from './recorded.ts'

const nothing = (): undefined => undefined
const rows = (l: Listing): string[] => [...l].map((i) => `${i.size} ${i.text}`)
const amd64 = await loadDisassembler('amd64')
const arm64 = await loadDisassembler('arm64')

describe('amd64', () => {
  test('gives addresses, sizes and texts', () => {
    const code = fromHex('4883ec180f1f0090c3')
    expect([...amd64.disassemble(code, 0x401000, nothing)]).toEqual([
      { address: 0x401000, size: 4, text: 'SUBQ $0x18, SP' },
      { address: 0x401004, size: 3, text: 'NOPL 0(AX)' },
      { address: 0x401007, size: 1, text: 'NOPL' },
      { address: 0x401008, size: 1, text: 'RET' },
    ])
  })

  test('stumbles over AVX and finds its way back as Go does', () => {
    const code = fromHex('c5fe6f06c5fe6f4e20c5fdefc9c4e36d0fe104c4e2fdf7c1c4c17d7f0762f17c4828c1c5f877c3c5fe')
    expect(rows(amd64.disassemble(code, 0x401000, fakeSymbols))).toEqual([
      '4 VMOVDQU 0(SI), X0',
      '5 VMOVDQU 0x20(SI), X1',
      '3 OUTL AX, DX',
      '1 LEAVE',
      '7 PSRAW 0(SP)(AX*8), X0',
      '2 LOOP 0x401013',
      '6 TESTL $0x7f7dc1c4, CX',
      '1 ?',
      '1 ?',
      '1 ICEBP',
      '2 JL 0x401069',
      '2 SUBL AL, CL',
      '3 VZEROUPPER',
      '1 RET',
      '1 ?',
      '1 ?',
    ])
  })

  test('does not read beyond the code', () => {
    const code = fromHex('48b8efcdab8967452301')
    for (let n = 1; n < code.length; n++) {
      const got = rows(amd64.disassemble(code.subarray(0, n), 0x401000, nothing))
      expect(got[0], `${n} bytes`).toBe('1 ?')
    }
  })

  test('reads a part of a larger buffer', () => {
    const buffer = fromHex('ccccccc3')
    expect(rows(amd64.disassemble(buffer.subarray(3), 16, nothing))).toEqual(['1 RET'])
  })

  test('names call targets at their start only, data anywhere', () => {
    const symbols = (a: number | bigint) =>
      a >= 0x2000 && a < 0x2100 ? { name: 'main.f', base: 0x2000 } : undefined
    const at = (hex: string): string => amd64.disassemble(fromHex(hex), 0x1000, symbols).texts[0]
    expect(at('e8fb0f0000')).toBe('CALL main.f(SB)')
    expect(at('e8fc0f0000')).toBe('CALL 0x2001')
    expect(at('488d05f90f0000')).toBe('LEAQ main.f(SB), AX')
    expect(at('488d05fd0f0000')).toBe('LEAQ main.f+4(SB), AX')
    expect(at('b804200000')).toBe('MOVL $main.f+4(SB), AX')
    expect(at('65488b0500000000')).toBe('MOVQ GS:0(IP), AX')
  })

  test('an empty name is no symbol', () => {
    const empty = (): { name: string; base: number } => ({ name: '', base: 0x1005 })
    expect(amd64.disassemble(fromHex('e800000000'), 0x1000, empty).texts).toEqual(['CALL 0x1005'])
  })
})

describe('arm64', () => {
  test('gives addresses, sizes and texts', () => {
    const code = fromHex('fe0f1ef8fd831ff8fd2300d1c0035fd6')
    expect([...arm64.disassemble(code, 0x10000, nothing)]).toEqual([
      { address: 0x10000, size: 4, text: 'MOVD.W R30, -32(RSP)' },
      { address: 0x10004, size: 4, text: 'MOVD R29, -8(RSP)' },
      { address: 0x10008, size: 4, text: 'SUB $8, RSP, R29' },
      { address: 0x1000c, size: 4, text: 'RET' },
    ])
  })

  test('a rest of a word is unknown', () => {
    expect(rows(arm64.disassemble(fromHex('c0035fd6c003'), 0, nothing))).toEqual(['4 RET', '2 ?'])
  })

  test('names call targets and constants at the start of a symbol', () => {
    const symbols = (a: number | bigint) =>
      a >= 0x1008 && a < 0x2000 ? { name: 'main.f', base: 0x1008 } : undefined
    const at = (hex: string): string => arm64.disassemble(fromHex(hex), 0x1000, symbols).texts[0]
    expect(at('02000094')).toBe('CALL main.f(SB)')
    expect(at('03000094')).toBe('CALL 3(PC)')
    expect(at('41000058')).toBe('MOVD $main.f(SB), R1')
    expect(at('61000058')).toBe('MOVD 3(PC), R1')
  })
})

describe('both', () => {
  test.each([amd64, arm64] as Disassembler[])('no code gives no rows: $arch', (d) => {
    const got = d.disassemble(new Uint8Array(0), 0x1000, nothing)
    expect(got.length).toBe(0)
    expect([...got]).toEqual([])
  })

  test('addresses beyond 2^53 are exact and wrap at 2^64', () => {
    const got = amd64.disassemble(fromHex('9090e8fbffffff'), 0xffff_ffff_ffff_fffen, nothing)
    expect([...got]).toEqual([
      { address: 0xffff_ffff_ffff_fffen, size: 1, text: 'NOPL' },
      { address: 0xffff_ffff_ffff_ffffn, size: 1, text: 'NOPL' },
      { address: 0, size: 5, text: 'CALL .-5' },
    ])
    expect(arm64.disassemble(fromHex('c0035fd6c0035fd6'), 2n ** 63n + 4n, nothing).addressOf(1)).toBe(
      2n ** 63n + 8n,
    )
  })
})
