import { readHead } from './read-profile.ts'

const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe])

/** Whether a file begins as an executable does: ELF, Mach-O or PE. False if it cannot be read. */
export function looksExecutable(path: string): boolean {
  let head: Uint8Array
  try {
    head = readHead(path, 4)
  } catch {
    // What cannot be opened is no executable; as a profile it will be reported.
    return false
  }
  if (head.length < 4) return false
  const magic = new DataView(head.buffer, head.byteOffset).getUint32(0)
  return magic === 0x7f454c46 || MACH_O.has(magic) || magic >>> 16 === 0x4d5a
}
