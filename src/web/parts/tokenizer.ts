// Colours for code: Go and its assembly, line by line. No parser: what it takes for a keyword or a comment is right for
// code that compiles.

/** word: keyword or operation; text: string or number; note: comment; name: type, register's neighbour, symbol. */
export type TokenKind = 'word' | 'text' | 'note' | 'name' | ''

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const KEYWORDS = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false iota'.split(
    ' ',
  ),
)
const TYPES = new Set(
  'any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr'.split(
    ' ',
  ),
)

/** Comments and strings that a line leaves open for the next. */
type Open = '' | '/*' | '`'

const GO =
  /(\/\/.*)|(\/\*)|(`)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|([\p{L}_][\p{L}\p{N}_]*)|(0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)|([^\p{L}\p{N}_"'`/]+|\/)/gu

/** Tokens of each line. Texts are whole lines, from a place that is in no comment and no string. */
export function tokenizeGo(lines: readonly string[]): Token[][] {
  let open: Open = ''
  return lines.map((line) => {
    const tokens: Token[] = []
    let at = 0
    while (at < line.length) {
      if (open !== '') {
        const end = line.indexOf(open === '/*' ? '*/' : '`', at)
        const to = end < 0 ? line.length : end + (open === '/*' ? 2 : 1)
        add(tokens, open === '/*' ? 'note' : 'text', line.slice(at, to))
        at = to
        if (end >= 0) open = ''
        continue
      }
      GO.lastIndex = at
      const m = GO.exec(line)
      if (m === null) {
        add(tokens, '', line.slice(at))
        break
      }
      if (m.index > at) add(tokens, '', line.slice(at, m.index))
      at = m.index + m[0].length
      if (m[2] !== undefined || m[3] !== undefined) {
        open = m[2] === undefined ? '`' : '/*'
        const end = line.indexOf(m[2] === undefined ? '`' : '*/', at)
        const to = end < 0 ? line.length : end + (m[2] === undefined ? 1 : 2)
        add(tokens, m[2] === undefined ? 'text' : 'note', m[0] + line.slice(at, to))
        at = to
        if (end >= 0) open = ''
      } else add(tokens, goKind(m), m[0])
    }
    return tokens
  })
}

function goKind(m: RegExpExecArray): TokenKind {
  if (m[1] !== undefined) return 'note'
  if (m[4] !== undefined || m[6] !== undefined) return 'text'
  if (m[5] === undefined) return ''
  return KEYWORDS.has(m[5]) ? 'word' : TYPES.has(m[5]) ? 'name' : ''
}

/** Tokens of an instruction in Go's assembler syntax: the operation, symbols, numbers. */
export function tokenizeAsm(text: string): Token[] {
  const tokens: Token[] = []
  const operation = /^\S+/.exec(text)?.[0] ?? ''
  add(tokens, 'word', operation)
  for (const m of text
    .slice(operation.length)
    .matchAll(/(\S+\(SB\))|(\$?-?0x[\da-f]+|\$?-?\b\d+\b)|([^$\d\s]+|\s+|.)/gi))
    add(tokens, m[1] !== undefined ? 'name' : m[2] !== undefined ? 'text' : '', m[0])
  return tokens
}

/** Neighbours of a kind are one. */
function add(tokens: Token[], kind: TokenKind, text: string): void {
  if (text === '') return
  const last = tokens.at(-1)
  if (last !== undefined && last.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text }
  else tokens.push({ kind, text })
}
