/** Largest input, unpacked, that is read; GOSCOPE_MAX_BYTES sets another. A guard against zip bombs. */
export function maxInputBytes(): number {
  const set = Number(process.env.GOSCOPE_MAX_BYTES)
  return set > 0 ? set : 8 * 2 ** 30
}
