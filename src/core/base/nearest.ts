// What someone may have meant: names near to a mistyped one.

/** Longer texts are not compared: nobody types them by hand. */
const LONGEST = 200

/**
 * Edit distance (insert, delete, replace, swap of neighbours), or `limit + 1` if it is more than `limit`.
 * Costs at most |a| x |b|, and gives up as soon as the limit is out of reach.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit || a.length > LONGEST || b.length > LONGEST) return limit + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, k) => k)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let k = 1; k <= b.length; k++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(k - 1)
      let d = Math.min(last[k] + 1, row[k - 1] + 1, last[k - 1] + (same ? 0 : 1))
      const swapped =
        i > 1 &&
        k > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(k - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(k - 1)
      if (swapped) d = Math.min(d, before[k - 2] + 1)
      row.push(d)
      if (d < least) least = d
    }
    if (least > limit) return limit + 1
    before = last
    last = row
  }
  return last[b.length]
}

/** Up to `most` of the candidates that a mistyped word may mean, nearest first; case does not count. */
export function nearest(word: string, candidates: Iterable<string>, most: number): string[] {
  const w = word.toLowerCase()
  const limit = Math.max(1, Math.floor(w.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const name of candidates) {
    const n = name.toLowerCase()
    const distance = n.startsWith(w) && w.length > 1 ? 0 : editDistance(w, n, limit)
    if (distance <= limit) found.push({ name, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return found.slice(0, most).map((f) => f.name)
}
