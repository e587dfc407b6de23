// Names of functions for people: which part is the path and which the function, and how a name is made
// to fit: the path gives way from the left, then type arguments, and only then the function itself.

import { cellWidth, cutLeft } from '../base/people-fmt.ts'

/** The two levels of a name. Joined they are the name (or what is shown of it). */
export interface NameParts {
  /** Import path and package with the dot behind it, namespaces, or directories; '' if there is none. */
  readonly path: string
  readonly fn: string
}

/** Splits the name of a function: `net/http.` and `(*Server).Serve`. */
export function splitFunctionName(name: string): NameParts {
  // Type arguments and receivers hold slashes and dots of their own.
  const bracket = name.search(/[([<{ ]/)
  const head = bracket < 0 ? name : name.slice(0, bracket)
  // A dot in the last element of an import path is written %2e in symbols.
  const dot = head.indexOf('.', head.lastIndexOf('/') + 1)
  if (dot > 0 && dot < name.length - 1) return { path: name.slice(0, dot + 1), fn: name.slice(dot + 1) }
  const colons = head.lastIndexOf('::')
  if (colons > 0 && colons + 2 < name.length)
    return { path: name.slice(0, colons + 2), fn: name.slice(colons + 2) }
  return { path: '', fn: name }
}

/** Splits a file's path: directories and name. */
export function splitFilePath(path: string): NameParts {
  const slash = path.lastIndexOf('/')
  return slash <= 0 || slash === path.length - 1
    ? { path: '', fn: path }
    : { path: path.slice(0, slash + 1), fn: path.slice(slash + 1) }
}

/** The parts of an entry's printed name: an address, a function, a place `file:line`; '' where it has none. */
export interface EntryParts {
  readonly address: string
  readonly name: string
  readonly place: string
}

/** Takes apart what NodeNames.printed puts together for lines and addresses. */
export function splitEntry(printed: string): EntryParts {
  const address = /^[0-9a-f]{16}(?= )/.exec(printed)?.[0] ?? ''
  const rest = address === '' ? printed : printed.slice(17)
  const place = / ([^ ]+:\d+(?::\d+)?)$/.exec(rest)
  return place === null
    ? { address, name: rest, place: '' }
    : { address, name: rest.slice(0, place.index), place: place[1] }
}

/** The name without the contents of its type arguments: `main.(*Cache[…]).Get`. */
export function collapseTypeArguments(name: string, dots = '…'): string {
  let out = ''
  let depth = 0
  for (let i = 0; i < name.length; i++) {
    const c = name[i]
    // `[]byte` and `[4]int` are types; arguments stand behind a name.
    const opens = c === '[' && (depth > 0 || (i > 0 && /[\w)]/.test(name[i - 1]) && name[i + 1] !== ']'))
    if (opens && depth++ === 0) out += `[${dots}`
    if (depth === 0) out += c
    if (c === ']' && depth > 0 && --depth === 0) out += ']'
  }
  return depth === 0 ? out : name
}

/**
 * A name in at most `width` cells, by what fits first: all of it; the path cut at a slash; the same with
 * type arguments collapsed; the function alone; the function's end. `dots` marks what was left out.
 */
export function fitName(parts: NameParts, width: number, dots = '…'): NameParts {
  const fits = (p: NameParts): boolean => cellWidth(p.path) + cellWidth(p.fn) <= width
  const collapsed = { path: parts.path, fn: collapseTypeArguments(parts.fn, dots) }
  for (const p of [parts, collapsed])
    for (let path = p.path, cut = false; ; cut = true) {
      const shown = { path: cut ? `${dots}/${path}` : path, fn: p.fn }
      if (fits(shown)) return shown
      const slash = path.indexOf('/', path.startsWith('/') ? 1 : 0)
      if (slash < 0 || slash === path.length - 1) break
      path = path.slice(slash + 1)
    }
  const cut = parts.path.endsWith('/') ? `${dots}/` : dots
  const alone = { path: parts.path === '' ? '' : cut, fn: collapsed.fn }
  if (fits(alone)) return alone
  return { path: '', fn: cutLeft(collapsed.fn, width, dots) }
}
