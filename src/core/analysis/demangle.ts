// Names of C++ and Rust functions for people. Names that a producer has demangled already are only
// shortened, by the reference's rules (google/pprof internal/symbolizer Demangle), which look at every
// name: some Go names with type arguments change, too.

import type { Profile } from '../model/profile.ts'

/** A mangled name -> the full C++ name, undefined if it is none. */
export type Demangler = (mangled: string) => string | undefined

/** '' drops parameters and template arguments, 'templates' parameters only, 'full' nothing; 'none' leaves names as they are. */
export type DemangleMode = '' | 'templates' | 'full' | 'none'

const MANGLED = /^_?_Z/

/** Whether any name needs a demangler to be loaded. */
export function needsDemangler(p: Profile): boolean {
  const { functions } = p
  for (let fn = 1; fn <= functions.count; fn++)
    if (isOpen(p, fn) && MANGLED.test(p.strings.get(functions.systemName[fn]))) return true
  return false
}

/** A function whose name nobody has made of its system name yet. */
function isOpen(p: Profile, fn: number): boolean {
  const { name, systemName } = p.functions
  return name[fn] === 0 || name[fn] === systemName[fn]
}

/** Demangles and shortens the names of all functions. `force` starts again from the system names. */
export function demangleFunctions(
  p: Profile,
  mode: DemangleMode,
  force: boolean,
  demangler: Demangler | undefined,
): Profile {
  const { functions: f } = p
  const name = f.name.slice()
  let changed = false
  const set = (fn: number, id: number): void => {
    if (name[fn] !== id) changed = true
    name[fn] = id
  }
  if (force)
    for (let fn = 1; fn <= f.count; fn++)
      if (f.name[fn] !== 0 && f.systemName[fn] !== 0) set(fn, f.systemName[fn])
  if (mode !== 'none') {
    /** System name id -> name id. */
    const known = new Map<number, number>()
    for (let fn = 1; fn <= f.count; fn++) {
      const system = f.systemName[fn]
      if (name[fn] !== 0 && name[fn] !== system) continue
      let id = known.get(system)
      if (id === undefined) {
        const s = p.strings.get(system)
        const readable = demangleName(s, mode, demangler)
        id = readable === s ? system : p.strings.intern(readable)
        known.set(system, id)
      }
      set(fn, id)
    }
  }
  return changed ? { ...p, functions: { ...f, name } } : p
}

/** One name: demangled if it is mangled, shortened if it looks like C++. */
export function demangleName(name: string, mode: DemangleMode, demangler: Demangler | undefined): string {
  const full = demangler && MANGLED.test(name) ? demangler(name.replace(/^__Z/, '_Z')) : undefined
  if (full !== undefined) return shorten(rustName(full), mode)
  // A quick look at what nearly every name lacks.
  return /[<>[\]]|::/.test(name) && looksLikeCpp(name) ? shortenDemangled(name, mode) : name
}

/** Rust's older mangling is C++'s with a hash at the end and escapes for its punctuation. */
function rustName(name: string): string {
  const m = /^(.*)::h[0-9a-f]{16}$/.exec(name)
  if (m === null) return name
  const escapes: Readonly<Record<string, string>> = {
    SP: '@',
    BP: '*',
    RF: '&',
    LT: '<',
    GT: '>',
    LP: '(',
    RP: ')',
    C: ',',
  }
  return m[1]
    .replace(/^_?\$/, '$')
    .replace(/\$(SP|BP|RF|LT|GT|LP|RP|C)\$/g, (_, e: string) => escapes[e])
    .replace(/\$u([0-9a-f]{1,6})\$/g, (all, hex: string) => {
      const code = Number.parseInt(hex, 16)
      return code > 0x10ffff ? all : String.fromCodePoint(code)
    })
    .replaceAll('..', '::')
}

function looksLikeCpp(name: string): boolean {
  // Java's `class.<init>` and Go's `foo.(*Bar[...]).Method`.
  return !name.includes('.<') && !name.includes(']).')
}

function shortenDemangled(name: string, mode: DemangleMode): string {
  if (mode === 'full' || mode === 'none') return name
  const bare = removeNested(name, '(', ')')
  return mode === '' ? removeNested(bare, '<', '>') : bare
}

/** Like shortenDemangled, for names of our own making, where parentheses that are part of a name can be told. */
function shorten(name: string, mode: DemangleMode): string {
  if (mode === 'full' || mode === 'none') return name
  const ANONYMOUS = '\u0001'
  const CALL = '\u0002'
  const kept = name
    .replaceAll('(anonymous namespace)', ANONYMOUS)
    .replaceAll('operator()', CALL)
    .replace(/operator(<<=?|>>=?|<=>?|>=?|->\*?|<)/g, (op) =>
      op.replaceAll('<', '\u0003').replaceAll('>', '\u0004'),
    )
  let bare = removeNested(kept, '(', ')').replace(/ const$/, '')
  if (mode === '') bare = removeNested(bare, '<', '>').trimEnd()
  return withoutReturnType(bare)
    .replaceAll('\u0003', '<')
    .replaceAll('\u0004', '>')
    .replaceAll(ANONYMOUS, '(anonymous namespace)')
    .replaceAll(CALL, 'operator()')
}

/** Template functions have a return type in front: all up to the last blank that is in no template argument, nor in an operator's name. */
function withoutReturnType(name: string): string {
  const operator = name.search(/\boperator\b/)
  const end = operator < 0 ? name.length : operator
  let from = 0
  let depth = 0
  for (let i = 0; i < end; i++) {
    if (name[i] === '<') depth++
    else if (name[i] === '>') depth--
    else if (name[i] === ' ' && depth === 0) from = i + 1
  }
  return name.slice(from)
}

/** The name without the outermost `open…close` groups; itself from where they stop matching. */
function removeNested(name: string, open: string, close: string): string {
  let out = ''
  let depth = 0
  let kept = 0
  for (let i = 0; i < name.length; i++) {
    const c = name[i]
    if (c === open) {
      if (depth++ === 0) {
        out += name.slice(kept, i)
        kept = i
      }
    } else if (c === close) {
      if (--depth < 0) return out + name.slice(kept)
      if (depth === 0) kept = i + 1
    }
  }
  return out + name.slice(kept)
}
