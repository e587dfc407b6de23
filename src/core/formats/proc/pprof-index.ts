// The page that net/http/pprof serves at /debug/pprof/: which profiles there are, with how many entries each.

/** Names and counts of the profiles; undefined if the page is none of net/http/pprof. */
export function parsePprofIndex(html: string): ReadonlyMap<string, number> | undefined {
  if (!html.includes('/debug/pprof/')) return undefined
  const out = new Map<string, number>()
  // Since Go 1.11 a table; before, a list without counts of its own for commands.
  for (const m of html.matchAll(/<td>(\d+)<\/td>\s*<td><a href='([^'?]+)\?debug=1/g))
    out.set(m[2], Number(m[1]))
  if (out.size === 0)
    for (const m of html.matchAll(/<td align=right>(\d+)<td><a href="([^"?]+)\?debug=1/g))
      out.set(m[2], Number(m[1]))
  return out.has('goroutine') ? out : undefined
}
