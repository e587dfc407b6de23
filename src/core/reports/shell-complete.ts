// Completion of the shell's lines: commands, options and their values, functions, label keys, files.
//
// Functions are matched anywhere in their name, and completed to a regular expression that matches them:
// `(` and the like escaped, and a dot for what cannot be typed or must not reach a terminal.

import { CHOICE_HELP, CONFIG_FIELDS, type ConfigField, findField } from './config.ts'
import { COMMAND_HELP } from './help.ts'
import { findReport, firstWords, splitDigits, wordsOf } from './shell-line.ts'

/** What there is in the profile and around it. */
export interface CompletionSource {
  readonly shortcuts: ReadonlyMap<string, readonly string[]>
  readonly sampleTypes: readonly string[]
  /** Names of functions, each once, sorted. */
  readonly functions: () => readonly string[]
  readonly labelKeys: () => readonly string[]
  /** Paths that begin with this. */
  readonly files: (start: string) => readonly string[]
}

export interface Completion {
  /** What the text may become. None of them has control characters. */
  readonly candidates: readonly string[]
  /** The end of the line that a candidate replaces. */
  readonly typed: string
}

/** More candidates than this are counted, not listed. */
const MOST = 200

/** Completes the end of a line. */
export function completeShellLine(line: string, source: CompletionSource): Completion {
  const typed = /\S*$/.exec(line)![0]
  const before = wordsOf(line.slice(0, line.length - typed.length))
  if (before.length === 0) {
    const assigned = /^(\w+)=(.*)$/s.exec(typed)
    const field = assigned === null ? undefined : findField(assigned[1])
    if (field !== undefined) return completeValue(field, assigned![2], source)
    return completeFirst(typed, source)
  }
  const [command] = splitDigits(before[0], [])
  if (command === 'help')
    return before.length > 1 ? nothing(typed) : finish(typed, startingWith(helpTopics(), typed))
  const redirect = /(?:^|\s)>\s*(\S*)$/.exec(line)
  if (findReport(command) === undefined) return nothing(typed)
  if (redirect !== null) return finish(redirect[1], startingWith(source.files(redirect[1]), redirect[1]))
  if (typed.startsWith('-')) {
    const negated = completeNames(typed.slice(1), command, source)
    const flags = startingWith(['-cum'], typed)
    if (flags.length === 0) return negated
    return finish(typed, [...flags, ...(typed === '-' ? [] : negated.candidates.map((c) => `-${c}`))])
  }
  return completeNames(typed, command, source)
}

const nothing = (typed: string): Completion => ({ candidates: [], typed })

const startingWith = (names: readonly string[], start: string): string[] =>
  names.filter((name) => name.startsWith(start))

function completeFirst(typed: string, source: CompletionSource): Completion {
  const found = finish(typed, startingWith(firstWords(source.shortcuts), typed))
  const [only] = found.candidates
  // A command that is all there is gets the blank that must follow it.
  if (found.candidates.length !== 1 || findReport(only)?.takesSymbol !== true) return found
  return { ...found, candidates: [`${only} `] }
}

const helpTopics = (): string[] =>
  [
    ...COMMAND_HELP.map((c) => c.name),
    ...CONFIG_FIELDS.filter((f) => f.choices === undefined).map((f) => f.name),
    ...Object.keys(CHOICE_HELP),
  ].sort()

const FUNCTION_FIELDS = ['focus', 'ignore', 'hide', 'show', 'show_from', 'prune_from']
const UNITS = ['auto', 'minimum', 'ns', 'us', 'ms', 's', 'hrs', 'B', 'kB', 'MB', 'GB']

function completeValue(field: ConfigField, value: string, source: CompletionSource): Completion {
  // The value alone is replaced: of alternatives and lists the last one.
  const last = /[^|,]*$/.exec(value)![0]
  const plain = (names: readonly string[]): Completion => finish(value, startingWith(names, value))
  if (field.choices !== undefined) return plain(field.choices)
  if (field.kind === 'boolean') return plain(['true', 'false'])
  if (FUNCTION_FIELDS.includes(field.name)) return completeFunction(last, source)
  switch (field.name) {
    case 'sample_index':
      return plain(safeOnly(source.sampleTypes))
    case 'unit':
      return plain(UNITS)
    case 'output':
      return plain(source.files(value))
    case 'tagroot':
    case 'tagleaf':
    case 'tagshow':
    case 'taghide':
      return finish(last, startingWith(safeOnly(source.labelKeys()), last))
    case 'tagfocus':
    case 'tagignore':
      return plain(safeOnly(source.labelKeys()).map((key) => `${key}=`))
    default:
      return nothing(value)
  }
}

function completeNames(typed: string, command: string, source: CompletionSource): Completion {
  if (command === 'tags') return finish(typed, startingWith(safeOnly(source.labelKeys()), typed))
  return completeFunction(/[^|]*$/.exec(typed)![0], source)
}

/** Functions that begin with what was typed, else those that have it somewhere. */
function completeFunction(typed: string, source: CompletionSource): Completion {
  if (typed === '') return nothing(typed)
  const text = typed.replace(/\\(.)/g, '$1')
  const names = source.functions()
  const beginning = names.filter((name) => name.startsWith(text))
  if (beginning.length > 0) return finish(typed, unique(beginning.map(functionPattern)))
  const inside = names.filter((name) => name.includes(text))
  if (inside.length < 2) return finish(typed, inside.map(functionPattern))
  const tail = commonStart(inside.map((name) => functionPattern(name.slice(name.indexOf(text)))))
  if (tail.length > typed.length) return { candidates: [tail], typed }
  const found = finish(typed, unique(inside.map(functionPattern)))
  // What they have in common in front is not to be put in place of what was typed.
  return {
    ...found,
    candidates: commonStart(found.candidates) === '' ? found.candidates : [typed, ...found.candidates],
  }
}

/** A regular expression for a name, as one word of a line. */
function functionPattern(name: string): string {
  const body = name
    .replace(/[\\^$*+?()[\]{}|]/g, '\\$&')
    .replace(/[\0-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\u061c]/g, '.')
    .replace(/(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/g, '.')
  return body.replace(/^[->]/, '.')
}

/** Names that can be typed as they are. */
const safeOnly = (names: readonly string[]): string[] =>
  names.filter((name) => /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(name))

const unique = (names: readonly string[]): string[] => [...new Set(names)]

function commonStart(names: readonly string[]): string {
  let [common = ''] = names
  for (const name of names) {
    let n = 0
    while (n < common.length && common[n] === name[n]) n++
    common = common.slice(0, n)
  }
  return common
}

/** What all candidates agree on if that is more than was typed; else the candidates, not too many. */
function finish(typed: string, candidates: readonly string[]): Completion {
  if (candidates.length < 2) return { candidates: candidates.filter((c) => c !== typed), typed }
  const common = commonStart(candidates)
  if (common.length > typed.length && common.startsWith(typed)) return { candidates: [common], typed }
  if (candidates.length <= MOST) return { candidates, typed }
  return { candidates: [...candidates.slice(0, MOST), `... ${candidates.length - MOST} more`], typed }
}
