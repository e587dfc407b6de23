// Finds the imports of a TypeScript file without a compiler: TypeScript 7 has no API in
// JavaScript. A pass over the characters blanks comments and the content of strings, so that the patterns
// below meet code only; what a specifier said is looked up in the original by position.

export interface Import {
  /** What stands between the quotes; empty for `import(expression)`. */
  readonly specifier: string
  readonly kind: 'static' | 'dynamic' | 'type'
  readonly line: number
}

/** Every import and re-export of a file, in order. */
export function importsOf(source: string): Import[] {
  const code = blankOut(source)
  const found: Import[] = []
  const add = (at: number, end: number, kind: Import['kind']) => {
    const line = source.slice(0, at).split('\n').length
    found.push({ specifier: source.slice(at, end), kind, line })
  }
  const statement = /^[ \t]*(import|export)\b(\s+type\b)?(?:[^;'"()=]*?\bfrom\b|)\s*(['"])( *)\3/gm
  for (const match of code.matchAll(statement)) {
    const end = match.index + match[0].length - 1
    const names = match[0].slice(0, -2 - match[4]!.length)
    // `import { type A, type B }` keeps nothing at run time either.
    const listed = /\{([^}]*)\}/
      .exec(names)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '')
    const typeOnly = match[2] !== undefined || (listed?.every((name) => /^\s*type\s/.test(name)) ?? false)
    add(end - match[4]!.length, end, typeOnly ? 'type' : 'static')
  }
  for (const match of code.matchAll(/(?<![\w$.])import\s*\(\s*(?:(['"])( *)\1)?/g)) {
    const end = match.index + match[0].length - 1
    if (match[1] === undefined) add(match.index, match.index, 'dynamic')
    else add(end - match[2]!.length, end, 'dynamic')
  }
  return found.sort((a, b) => a.line - b.line)
}

/**
 * The source with comments and the inside of strings and regular expressions turned into
 * blanks, of the same length and with the same line ends. Code inside `${}` stays.
 */
export function blankOut(source: string): string {
  const out = [...Array(source.length).keys()].map((i) => source[i]!)
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' '
  }
  // One entry per open template, counting the braces opened inside its `${`.
  const templates: number[] = []
  let at = 0
  const skipTemplate = (from: number) => {
    let end = from
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end))
      end += source[end] === '\\' ? 2 : 1
    blank(from, Math.min(end, source.length))
    if (source[end] === '`') at = end + 1
    else {
      templates.push(0)
      at = end + 2
    }
  }
  while (at < source.length) {
    const char = source[at]!
    if (source.startsWith('//', at) || source.startsWith('/*', at)) {
      const stop = source[at + 1] === '/' ? source.indexOf('\n', at) : source.indexOf('*/', at + 2) + 2
      const end = stop < at + 2 ? source.length : stop
      blank(at, end)
      at = end
    } else if (char === "'" || char === '"') {
      let end = at + 1
      while (end < source.length && source[end] !== char && source[end] !== '\n')
        end += source[end] === '\\' ? 2 : 1
      blank(at + 1, end)
      at = end + 1
    } else if (char === '`') skipTemplate(at + 1)
    else if (char === '/' && startsRegExp(out, at)) {
      let end = at + 1
      for (let inClass = false; end < source.length && (inClass || source[end] !== '/'); end++) {
        if (source[end] === '\\') end++
        else if (source[end] === '[') inClass = true
        else if (source[end] === ']') inClass = false
      }
      blank(at + 1, end)
      at = end + 1
    } else if (char === '}' && templates.at(-1) === 0) {
      templates.pop()
      skipTemplate(at + 1)
    } else {
      const depth = templates.length - 1
      if (depth >= 0 && char === '{') templates[depth]!++
      if (depth >= 0 && char === '}') templates[depth]!--
      at++
    }
  }
  return out.join('')
}

/** A slash divides after a value and opens a regular expression after anything else. */
function startsRegExp(before: string[], at: number): boolean {
  let end = at - 1
  while (end >= 0 && /\s/.test(before[end]!)) end--
  if (end < 0) return true
  if (!/[\w$)\]}'"`]/.test(before[end]!)) return true
  let start = end
  while (start >= 0 && /[\w$]/.test(before[start]!)) start--
  return /^(return|typeof|case|of|in|yield|await|void|throw)$/.test(before.slice(start + 1, end + 1).join(''))
}
