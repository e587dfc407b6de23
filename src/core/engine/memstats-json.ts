// runtime.MemStats as JSON, out of what servers have: the member of /debug/vars, or the end of heap?debug=1.
// Numbers keep their digits: what is cut out is text.

/** Lines of heap?debug=1 that hold two numbers, in use and from the system. */
const PAIRS: ReadonlySet<string> = new Set(['Stack', 'MSpan', 'MCache'])

/** The object that `runtime.MemStats` would be as JSON, from heap?debug=1; undefined if it has no statistics. */
export function memStatsOfHeapText(text: string): string | undefined {
  const at = text.lastIndexOf('# runtime.MemStats')
  if (at < 0) return undefined
  const members: string[] = []
  for (const line of text.slice(at).split('\n')) {
    const m = /^# (\w+) = (.*?)\r?$/.exec(line)
    if (m === null) continue
    const [, name, value] = m
    const pair = /^(\d+) \/ (\d+)$/.exec(value)
    if (PAIRS.has(name) && pair !== null)
      members.push(`"${name}Inuse": ${pair[1]}`, `"${name}Sys": ${pair[2]}`)
    else if (/^\[[\d ]*\]$/.test(value))
      members.push(`"${name}": [${value.slice(1, -1).trim().replace(/ +/g, ',')}]`)
    else if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(value)) members.push(`"${name}": ${value}`)
    else if (value === 'true' || value === 'false') members.push(`"${name}": ${value}`)
  }
  return members.some((m) => m.startsWith('"HeapSys"')) ? `{${members.join(',\n')}}\n` : undefined
}

/**
 * Where the value of a member of a JSON object stands in its text; undefined if there is no such member or the
 * text is no object. Only members of the object itself are looked at, not those inside of others.
 */
export function memberRange(
  json: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  let depth = 0
  let key = ''
  let start = -1
  for (let i = 0; i < json.length; i++) {
    const c = json[i]
    if (c === '"') {
      const end = endOfString(json, i)
      if (end < 0) return undefined
      if (depth === 1 && start < 0) key = json.slice(i + 1, end - 1)
      i = end - 1
    } else if (c === ':' && depth === 1 && start < 0) start = key === name ? i + 1 : -2
    else if ((c === ',' && depth === 1) || ((c === '}' || c === ']') && depth === 1)) {
      if (start >= 0) return trimmed(json, start, i)
      start = -1
      if (c !== ',') return undefined
    } else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
  }
  return undefined
}

/** The position behind the string that begins at i; -1 if it does not end. */
function endOfString(json: string, i: number): number {
  for (let k = i + 1; k < json.length; k++) {
    if (json[k] === '\\') k++
    else if (json[k] === '"') return k + 1
  }
  return -1
}

function trimmed(json: string, from: number, to: number): { start: number; end: number } {
  let start = from
  let end = to
  while (start < end && /\s/.test(json[start])) start++
  while (end > start && /\s/.test(json[end - 1])) end--
  return { start, end }
}
