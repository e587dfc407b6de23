// What a Go program says about its own making: debug/buildinfo's blob and the two build ids.

import { decodeUtf8 } from '../base/utf8.ts'
import { Fields } from './byte-reader.ts'
import { type ElfImage, elfNotes } from './elf.ts'
import { bytesAt, type Image, sectionNamed, textSection } from './image.ts'

export interface GoModule {
  readonly path: string
  readonly version: string
  /** Checksum as in go.sum, '' if unknown. */
  readonly sum: string
  readonly replace: GoModule | undefined
}

export interface GoBuildInfo {
  /** e.g. "go1.26.8"; never ''. */
  readonly goVersion: string
  /** Import path of the main package, '' if built without modules. */
  readonly path: string
  readonly main: GoModule | undefined
  readonly deps: readonly GoModule[]
  /** In file order: "-ldflags", "GOARCH", "vcs.revision", ... */
  readonly settings: ReadonlyMap<string, string>
}

/** "\xff Go buildinf:" */
const MAGIC = Uint8Array.of(
  0xff,
  0x20,
  0x47,
  0x6f,
  0x20,
  0x62,
  0x75,
  0x69,
  0x6c,
  0x64,
  0x69,
  0x6e,
  0x66,
  0x3a,
)
const ALIGN = 16
const HEADER = 32
const CHUNK = 1 << 20
/** Module lists of the largest programs are some 100 KiB. */
const MAX_TEXT = 1 << 26

/** The build info; undefined if this is no Go program or its blob is damaged. */
export function readBuildInfo(image: Image): GoBuildInfo | undefined {
  const place = dataStart(image)
  const at = place === undefined ? undefined : findBlob(image, place.address, place.size)
  if (at === undefined) return undefined
  const h = new Fields(bytesAt(image, at, HEADER), image.little, image.format)
  if (h.length < HEADER) return undefined
  const flags = h.u8(15)
  let version: string | undefined
  let modules: string | undefined
  if ((flags & 2) !== 0) {
    // Since Go 1.18: two strings with varint lengths follow the header.
    const first = inlineText(image, at + HEADER)
    version = first?.text
    modules = first === undefined ? undefined : inlineText(image, first.end)?.text
  } else {
    const size = h.u8(14)
    if (size !== 4 && size !== 8) return undefined
    const p = new Fields(h.bytes, (flags & 1) === 0, image.format)
    version = goString(image, p.address(16, size), size, p.little)
    modules = goString(image, p.address(16 + size, size), size, p.little)
  }
  if (version === undefined || version === '') return undefined
  // The module text stands between two marks of 16 bytes; in front of the second is a line end.
  const framed = modules !== undefined && modules.length >= 33 && modules[modules.length - 17] === '\n'
  return parseModules(decodeBinary(version), framed ? decodeBinary(modules!.slice(16, -16)) : '')
}

/** Where the blob is looked for: its section, else the first writable data. */
function dataStart(image: Image): { address: number; size: number } | undefined {
  const section = sectionNamed(image, image.format === 'macho' ? '__go_buildinfo' : '.go.buildinfo')
  if (section !== undefined) return section
  return image.segments.find((s) => s.writable && !s.executable && s.fileSize !== 0 && s.address !== 0)
}

function findBlob(image: Image, address: number, size: number): number | undefined {
  const start = Math.ceil(address / ALIGN) * ALIGN
  for (let at = start; at < address + size; at += CHUNK) {
    const bytes = bytesAt(image, at, Math.min(CHUNK, address + size - at))
    if (bytes.length === 0) return undefined
    for (let i = 0; i + HEADER <= bytes.length; i += ALIGN) {
      let k = 0
      while (k < MAGIC.length && bytes[i + k] === MAGIC[k]) k++
      if (k === MAGIC.length) return at + i
    }
  }
  return undefined
}

// Texts are first kept as one character per byte: the marks around the module text are not UTF-8.
function binaryText(bytes: Uint8Array): string {
  let s = ''
  for (let i = 0; i < bytes.length; i += 4096) s += String.fromCharCode(...bytes.subarray(i, i + 4096))
  return s
}

function decodeBinary(s: string): string {
  const bytes = new Uint8Array(s.length)
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i)
  return decodeUtf8(bytes)
}

function inlineText(image: Image, at: number): { text: string; end: number } | undefined {
  const head = bytesAt(image, at, 10)
  let length = 0
  for (let i = 0; i < head.length; i++) {
    length += (head[i] & 0x7f) * 2 ** (7 * i)
    if (head[i] >= 0x80) continue
    if (length > MAX_TEXT) return undefined
    const bytes = bytesAt(image, at + i + 1, length)
    return bytes.length < length ? undefined : { text: binaryText(bytes), end: at + i + 1 + length }
  }
  return undefined
}

/** The string whose header (pointer, length) lies at `at`. */
function goString(image: Image, at: number, size: number, little: boolean): string | undefined {
  const header = bytesAt(image, at, 2 * size)
  if (header.length < 2 * size) return undefined
  const h = new Fields(header, little, image.format)
  const length = h.word(size, size)
  if (length > MAX_TEXT) return undefined
  const bytes = bytesAt(image, h.address(0, size), length)
  return bytes.length < length ? undefined : binaryText(bytes)
}

function parseModules(goVersion: string, text: string): GoBuildInfo | undefined {
  let path = ''
  let main: GoModule | undefined
  const deps: GoModule[] = []
  const settings = new Map<string, string>()
  for (const line of text.split('\n')) {
    const tab = line.indexOf('\t')
    const word = line.slice(0, tab)
    const rest = line.slice(tab + 1)
    const columns = rest.split('\t')
    const module = (): GoModule => ({
      path: columns[0],
      version: columns[1] ?? '',
      sum: columns[2] ?? '',
      replace: undefined,
    })
    if (tab < 0) continue
    if (word === 'path') path = rest
    else if (word === 'mod') main = module()
    else if (word === 'dep') deps.push(module())
    else if (word === '=>') {
      // Of the module on the line before.
      if (deps.length > 0) deps.push({ ...deps.pop()!, replace: module() })
      else if (main !== undefined) main = { ...main, replace: module() }
    } else if (word === 'build') {
      const key = prefix(rest)
      if (rest[key.length] !== '=') continue
      settings.set(unquote(key), unquote(rest.slice(key.length + 1)))
    }
  }
  return { goVersion, path, main, deps, settings }
}

/** The key in front of "=", which is a quoted Go string if it has odd characters. */
function prefix(s: string): string {
  return /^(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^=]*)/.exec(s)![0]
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The text of a Go string literal; what is none stays as it is. */
function unquote(s: string): string {
  if (s.length < 2 || s[0] !== s[s.length - 1]) return s
  if (s[0] === '`') return s.slice(1, -1)
  if (s[0] !== '"') return s
  return s.slice(1, -1).replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-7]{3}|.)/gi, (_, e: string) => {
    if (e.length === 1) return ESCAPES[e] ?? e
    const code = /^[0-7]/.test(e) ? Number.parseInt(e, 8) : Number.parseInt(e.slice(1), 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}

/** The GNU build id in hex, '' if there is none or there are several. As pprof's elfexec.GetBuildID. */
export function gnuBuildId(image: ElfImage): string {
  const ids = new Set<string>()
  for (const note of elfNotes(image)) if (note.name === 'GNU' && note.type === 3) ids.add(hex(note.content))
  return ids.size === 1 ? [...ids][0] : ''
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** The id that `go tool buildid` prints, '' if there is none. */
export function goBuildId(image: Image): string {
  if (image.format === 'elf') {
    for (const note of elfNotes(image as ElfImage)) {
      if (note.name === 'Go' && note.type === 4) return decodeUtf8(note.content)
    }
    return ''
  }
  // Elsewhere it stands at the start of the code: \xff Go build ID: "..." \n \xff
  const text = textSection(image)
  if (text === undefined) return ''
  const start = binaryText(bytesAt(image, text.address, 4096))
  return /\xff Go build ID: "([^"\n]*)"\n \xff/.exec(start)?.[1] ?? ''
}
