// Names that tell nothing of whose program it is, given out consistently: what was one name before is one name
// after, in every file of an export. Names of the standard library and the runtime stay: everybody has them, and
// without them nothing could be diagnosed. Numbers are given in the order of first use, so they cannot be computed
// back from a guess.

import { splitFunctionName } from '../display-names.ts'

/** Parts of names that Go gives, and that say nothing: kept. */
const KEPT = /^(main|init|func\d+|gowrap\d+|deferwrap\d+|\d+|\(\*|\)|func|go|struct|interface|-fm|\.\.\.)$/

/** Anonymous functions and the like, behind the name of the function they are in. */
const SUFFIX = /^(func\d+|gowrap\d+|deferwrap\d+|init|\d+|-?fm|-range\d+)$/

export class Pseudonyms {
  private readonly packages = new Map<string, string>()
  private readonly words = new Map<string, string>()
  private readonly files = new Map<string, string>()
  private readonly folders = new Map<string, string>()
  private readonly labels = new Map<string, string>()

  /** A function's name: `corp/pay.(*Card).Charge.func1` becomes `pkg1.(*T1).F2.func1`. */
  functionName(name: string): string {
    const { path, fn } = splitFunctionName(name)
    if (path === '') return this.word(fn, 'F')
    const end = path.endsWith('::') ? '::' : '.'
    return `${this.packageName(path.slice(0, -end.length))}${end}${this.shape(fn)}`
  }

  packageName(path: string): string {
    if (path === 'main') return path
    return numbered(this.packages, path, 'pkg')
  }

  /** `(*Card[go.shape.int]).Charge.func1` with its parts replaced; type arguments go. */
  private shape(fn: string): string {
    const receiver = /^\((\*?)([^)]*)\)(.*)$/s.exec(withoutTypeArguments(fn))
    const [head, rest] =
      receiver === null
        ? ['', withoutTypeArguments(fn)]
        : [`(${receiver[1]}${this.word(receiver[2], 'T')})`, receiver[3]]
    const parts = rest.split('.').map((part, i) => {
      if (part === '') return ''
      if (SUFFIX.test(part) || KEPT.test(part)) return part
      const wrapper = /^(.*)-fm$/.exec(part)
      if (wrapper !== null) return `${this.word(wrapper[1], 'F')}-fm`
      // The first of several parts without a receiver is a type or a function: either gets the same kind of name.
      return this.word(part, i === 0 && receiver === null && /\./.test(rest) ? 'N' : 'F')
    })
    return head + parts.join('.')
  }

  private word(text: string, kind: string): string {
    return KEPT.test(text) ? text : numbered(this.words, text, kind)
  }

  /** A path: folders and file replaced, the ending kept. */
  file(path: string): string {
    const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
    const ending = /\.(go|s|c|cc|cpp|h|hpp|rs|S)$/.exec(path)?.[0] ?? ''
    const folder = at < 0 ? '' : `${numbered(this.folders, path.slice(0, at), 'dir')}/`
    return `${folder}${numbered(this.files, path.slice(at + 1), 'file')}${ending}`
  }

  /** A label's key or text. */
  label(text: string): string {
    return numbered(this.labels, text, 'label')
  }
}

function numbered(known: Map<string, string>, text: string, kind: string): string {
  let given = known.get(text)
  if (given === undefined) {
    given = `${kind}${known.size + 1}`
    known.set(text, given)
  }
  return given
}

/** Without what stands in square brackets: it may hold names, and tells little. */
function withoutTypeArguments(fn: string): string {
  let out = ''
  let depth = 0
  for (const c of fn) {
    if (c === '[') depth++
    else if (c === ']') depth = Math.max(0, depth - 1)
    else if (depth === 0) out += c
  }
  return out
}
