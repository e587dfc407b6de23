// Where the bars of a waterfall lie.

export interface FallRow {
  readonly id: string
  readonly title: string
  readonly value: number
  /** 0 for the whole's parts, 1 for parts of the part before. */
  readonly level: 0 | 1
  readonly token: string
  /** How the number is known, in a word. */
  readonly known: string
  readonly hint: string
}

export interface FallBar extends FallRow {
  /** Where it begins and ends, of the whole. */
  readonly from: number
  readonly to: number
}

/** Places of the bars: parts of level 0 from the right end down; parts of a part within it. */
export function layoutFall(rows: readonly FallRow[], whole: number): FallBar[] {
  let at = whole
  let inner = whole
  return rows.map((r) => {
    if (r.level === 1) {
      const to = inner
      inner -= r.value
      return { ...r, from: inner, to }
    }
    const to = at
    at -= r.value
    inner = to
    return { ...r, from: Math.min(at, to), to: Math.max(at, to) }
  })
}
