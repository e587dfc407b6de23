// The text form of Prometheus metrics: as much of it as a condition wants.

/** Name -> sum of its series. Lines that are none are passed over. */
export function metricValues(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  for (const line of text.split('\n')) {
    const m = /^([A-Za-z_:][\w:]*)(?:\{.*\})?\s+(\S+)/.exec(line)
    if (m === null) continue
    const value = Number(m[2]!.replace(/^\+?Inf$/, 'Infinity').replace(/^-Inf$/, '-Infinity'))
    if (!Number.isNaN(value)) out.set(m[1]!, (out.get(m[1]!) ?? 0) + value)
  }
  return out
}
