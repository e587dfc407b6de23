// Conditions that choose between instructions of the same bits: mostly when an alias is preferred.

/** Bits `at`.. of a word, `width` of them. */
export const bits = (x: number, at: number, width: number): number => (x >>> at) & ((1 << width) - 1)

const rd = (x: number): number => x & 31
const rn = (x: number): number => (x >>> 5) & 31
const rm = (x: number): number => (x >>> 16) & 31
const imms = (x: number): number => (x >>> 10) & 63
const immr = (x: number): number => (x >>> 16) & 63
const immh = (x: number): number => (x >>> 19) & 15
const imm5 = (x: number): number => (x >>> 16) & 31
const imm16 = (x: number): number => (x >>> 5) & 0xffff
const always = (x: number): boolean => (x & 0xe000) === 0xe000
const wideShift = (x: number): boolean => imm16(x) === 0 && bits(x, 21, 2) !== 0

/** Whether SBFX or UBFX is preferred over the plain bit field move. */
function prefersExtract(x: number): boolean {
  const s = imms(x)
  const r = immr(x)
  const is64 = x >>> 31
  if (s < r || s === (is64 === 1 ? 63 : 31)) return false
  if (r !== 0) return true
  // Those are SXTB, SXTH, UXTB, UXTH, SXTW.
  if (is64 === 0) return s !== 7 && s !== 15
  return ((x >>> 30) & 1) !== 0 || (s !== 7 && s !== 15 && s !== 31)
}

/** Whether MOVZ or MOVN could load the constant, so that ORR is not shown as MOV. */
function prefersMoveWide(x: number): boolean {
  const s = imms(x)
  const r = immr(x)
  const is64 = x >>> 31
  const n = (x >>> 22) & 1
  if (is64 === 1 ? n !== 1 : n !== 0 || s > 31) return false
  const width = is64 === 1 ? 64 : 32
  if (s < 16) return (-r & 15) <= 15 - s
  return s >= width - 15 && (r & 15) <= s - (width - 15)
}

/** DC and TLBI operations: op1, CRn, CRm, op2 -> name; a `-` in front: takes no register. */
const SYSTEM_OPERATIONS: ReadonlyMap<number, string> = new Map(
  (
    '0830-VMALLE1IS 0831VAE1IS 0832ASIDE1IS 0833VAAE1IS 0835VALE1IS 0837VAALE1IS 0870-VMALLE1 0871VAE1 ' +
    '0872ASIDE1 0873VAAE1 0875VALE1 0877VAALE1 4801IPAS2E1IS 4805IPAS2LE1IS 4830-ALLE2IS 4831VAE2IS ' +
    '4834-ALLE1IS 4835VALE2IS 4836-VMALLS12E1IS 4841IPAS2E1 4845IPAS2LE1 4870-ALLE2 4871VAE2 4874-ALLE1 ' +
    '4875VALE2 4876-VMALLS12E1 6830-ALLE3IS 6831VAE3IS 6835VALE3IS 6870-ALLE3 6871VAE3 6875VALE3 ' +
    '0810-VMALLE1OS 0811VAE1OS 0812ASIDE1OS 0813VAAE1OS 0815VALE1OS 0817VAALE1OS 0821RVAE1IS 0823RVAAE1IS ' +
    '0825RVALE1IS 0827RVAALE1IS 0851RVAE1OS 0853RVAAE1OS 0855RVALE1OS 0857RVAALE1OS 0861RVAE1 0863RVAAE1 ' +
    '0865RVALE1 0867RVAALE1 4802RIPAS2E1IS 4806RIPAS2LE1IS 4810-ALLE2OS 4811VAE2OS 4814-ALLE1OS 4815VALE2OS ' +
    '4816-VMALLS12E1OS 4821RVAE2IS 4825RVALE2IS 4840IPAS2E1OS 4842RIPAS2E1 4843RIPAS2E1OS 4844IPAS2LE1OS ' +
    '4846RIPAS2LE1 4847RIPAS2LE1OS 4851RVAE2OS 4855RVALE2OS 4861RVAE2 4865RVALE2 6810-ALLE3OS 6811VAE3OS ' +
    '6815VALE3OS 6821RVAE3IS 6825RVALE3IS 6851RVAE3OS 6855RVALE3OS 6861RVAE3 6865RVALE3 0761IVAC 0762ISW ' +
    '07A2CSW 07E2CISW 3741ZVA 37A1CVAC 37B1CVAU 37E1CIVAC 0763IGVAC 0764IGSW 0765IGDVAC 0766IGDSW 07A4CGSW ' +
    '07A6CGDSW 07E4CIGSW 07E6CIGDSW 3743GVA 3744GZVA 37A3CGVAC 37A5CGDVAC 37C3CGVAP 37C5CGDVAP 37D3CGVADP ' +
    '37D5CGDVADP 37E3CIGVAC 37E5CIGDVAC 37C1CVAP 37D1CVADP'
  )
    .split(' ')
    .map((s) => [Number.parseInt(s.slice(0, 4), 16), s.slice(4)]),
)

/** Name of a system operation with `-` in front if it takes no register; undefined if it is unknown. */
export function systemOperation(x: number): string | undefined {
  const key = (bits(x, 16, 3) << 12) | (bits(x, 12, 4) << 8) | (bits(x, 8, 4) << 4) | bits(x, 5, 3)
  return SYSTEM_OPERATIONS.get(key)
}

/** The conditions by the names used in the encodings. */
export const CONDITIONS: Readonly<Record<string, (x: number) => boolean>> = {
  immh: (x) => immh(x) !== 0,
  xtl: (x) => immh(x) !== 0 && (immh(x) & (immh(x) - 1)) === 0,
  bfi: (x) => rn(x) !== 31 && imms(x) < immr(x),
  's<r': (x) => imms(x) < immr(x),
  's>=r': (x) => imms(x) >= immr(x),
  bfx: prefersExtract,
  lsl32: (x) => imms(x) !== 31 && imms(x) + 1 === immr(x),
  lsl64: (x) => imms(x) !== 63 && imms(x) + 1 === immr(x),
  cinc: (x) => rm(x) !== 31 && rn(x) === rm(x) && !always(x),
  cneg: (x) => rn(x) === rm(x) && !always(x),
  noal: (x) => !always(x),
  'n=m': (x) => rn(x) === rm(x),
  sp: (x) => rd(x) === 31 || rn(x) === 31,
  nowide: (x) => !prefersMoveWide(x),
  movz: (x) => !wideShift(x),
  movn32: (x) => !wideShift(x) && imm16(x) !== 0xffff,
  umovw: (x) => (imm5(x) & 7) === 4,
  umovx: (x) => (imm5(x) & 15) === 8,
  dc: (x) => bits(x, 12, 4) === 7 && systemOperation(x) !== undefined,
  tlbi: (x) => bits(x, 12, 4) === 8 && systemOperation(x) !== undefined,
}
