import { readFileSync } from 'node:fs'

/** The font of pictures: its family, its file, and what it cannot show. */
export interface BundledFont {
  readonly family: string
  readonly bytes: Uint8Array
  /** Characters of the text for which the font has no shape. */
  readonly missing: (text: string) => Set<string>
}

/** Reads the font that comes with goscope; pictures must show text on a machine without any. */
export function bundledFont(): BundledFont {
  const bytes = new Uint8Array(readFileSync(new URL('./assets/tinos-regular.ttf', import.meta.url)))
  const covered = coveredRanges(bytes)
  return {
    family: 'Tinos',
    bytes,
    missing: (text) => {
      const out = new Set<string>()
      for (const c of text) {
        const code = c.codePointAt(0)!
        if (code >= 0x80 && !covered.some(([first, last]) => code >= first && code <= last)) out.add(c)
      }
      return out
    },
  }
}

/** Ranges of characters in the font's table `cmap` (OpenType 1.9), format 4: the basic plane. */
function coveredRanges(bytes: Uint8Array): [first: number, last: number][] {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = v.getUint16(4)
  let cmap = 0
  for (let i = 0; i < tables; i++)
    if (v.getUint32(12 + 16 * i) === 0x636d6170) cmap = v.getUint32(12 + 16 * i + 8)
  for (let i = 0; i < v.getUint16(cmap + 2); i++) {
    const at = cmap + v.getUint32(cmap + 4 + 8 * i + 4)
    if (v.getUint16(at) !== 4) continue
    const size = v.getUint16(at + 6)
    const ranges: [number, number][] = []
    for (let s = 0; s < size; s += 2) ranges.push([v.getUint16(at + 16 + size + s), v.getUint16(at + 14 + s)])
    return ranges
  }
  throw new Error('the bundled font has no table of characters')
}
