// What a line typed into the shell of `goscope pprof` means. The rules, and the texts of errors, are those
// of google/pprof internal/driver interactive.go.

import { selectSampleType } from '../analysis/sample-type.ts'
import { UserError } from '../base/errors.ts'
import { quote } from '../base/go-fmt.ts'
import type { Profile } from '../model/profile.ts'
import { CONFIG_FIELDS, type Config, type ConfigField, findField, withField } from './config.ts'
import { REPORTS, type ReportKind } from './index.ts'

/** What is to be done for a line. */
export type ShellRequest =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'options' }
  /** Help for a command or option, '' for all. */
  | { readonly kind: 'help'; readonly topic: string }
  /** From now on the config is this. */
  | { readonly kind: 'set'; readonly config: Config }
  /** The report with this config, which is for this one time. */
  | { readonly kind: 'report'; readonly name: string; readonly symbol?: string; readonly config: Config }
  /** There is no such command. */
  | { readonly kind: 'unknown'; readonly name: string }

export interface ShellLineOptions {
  /**
   * Whether a choice alone (`lines`, `cum`) is taken. Its help promises that, but the reference refuses it,
   * and scripts get the reference's text.
   */
  readonly bareChoices: boolean
}

/** White space as Go's package unicode has it: not quite what \s is. */
const SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** By hand: a regular expression for the blanks at the end takes quadratic time on many blanks in the middle. */
function trimSpace(s: string): string {
  let from = 0
  let to = s.length
  while (from < to && SPACE.test(s[from])) from++
  while (to > from && SPACE.test(s[to - 1])) to--
  return s.slice(from, to)
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  return line.split(SPACE).filter((word) => word !== '')
}

/** Commands of the shell that stand for other lines: `:` and the names of the profile's sample types. */
export function shellShortcuts(p: Pick<Profile, 'sampleTypes'>): ReadonlyMap<string, readonly string[]> {
  const shortcuts = new Map<string, readonly string[]>([
    [':', ['focus=', 'ignore=', 'hide=', 'tagfocus=', 'tagignore=']],
  ])
  for (const { type } of p.sampleTypes) {
    const select = `sample_index=${type}`
    shortcuts.set(type, [select])
    shortcuts.set(`total_${type}`, ['mean=0', select])
    shortcuts.set(`mean_${type}`, ['mean=1', select])
  }
  return shortcuts
}

/** The lines that a line stands for: usually itself. */
export function expandShortcut(
  line: string,
  shortcuts: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const text = trimSpace(line)
  return shortcuts.get(text) ?? [text]
}

/** The report of that name, or undefined. */
export function findReport(name: string): ReportKind | undefined {
  return Object.hasOwn(REPORTS, name) ? (REPORTS as Readonly<Record<string, ReportKind>>)[name] : undefined
}

/** Understands a line (shortcuts expanded). Throws UserError with the reference's words. */
export function parseShellLine(line: string, config: Config, p: Profile, o: ShellLineOptions): ShellRequest {
  const assigned = assignment(line, config, p, o)
  if (assigned !== undefined) return { kind: 'set', config: assigned }
  const [name, ...args] = wordsOf(line)
  switch (name) {
    case undefined:
      return { kind: 'nothing' }
    case 'o':
    case 'options':
      return { kind: 'options' }
    case 'q':
    case 'quit':
    case 'exit':
      return { kind: 'quit' }
    case 'help':
      return { kind: 'help', topic: args.join(' ') }
    default:
      return reportRequest(name, args, config)
  }
}

/** The config after `name=value //: comment`; undefined if the line does not begin with an option's name. */
function assignment(line: string, config: Config, p: Profile, o: ShellLineOptions): Config | undefined {
  const eq = line.indexOf('=')
  const name = trimSpace(eq < 0 ? line : line.slice(0, eq))
  const field = findField(name)
  if (field === undefined) return undefined
  if (eq < 0 && field.kind !== 'boolean' && name === field.name)
    throw new UserError(`please specify a value, e.g. ${name}=<val>`)
  const comment = line.lastIndexOf('//:')
  const value = eq < 0 ? '' : trimSpace(line.slice(eq + 1, comment > eq ? comment : undefined))
  if (name !== field.name) return choose(field, name, eq < 0 && o.bareChoices ? 'true' : value, config)
  return withField(config, field, name === 'sample_index' ? sampleTypeName(p, value) : value)
}

/** `cum=true` is `sort=cum`. Values are those of Go's strconv.ParseBool. */
function choose(field: ConfigField, choice: string, value: string, config: Config): Config {
  if (!['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value))
    throw new UserError(`unknown config field ${quote(choice)}`)
  return withField(config, field, choice)
}

function sampleTypeName(p: Profile, value: string): string {
  return p.sampleTypes[selectSampleType(p, value)].type
}

/** A command and its words; `top5` is `top 5`. */
export function splitDigits(name: string, args: readonly string[]): [name: string, args: readonly string[]] {
  const digits = /[0-9]+$/.exec(name)?.[0]
  if (findReport(name) !== undefined || digits === undefined || digits === name) return [name, args]
  return [name.slice(0, -digits.length), [digits, ...args]]
}

function reportRequest(word: string, words: readonly string[], config: Config): ShellRequest {
  const [name, args] = splitDigits(word, words)
  const kind = findReport(name)
  if (kind === undefined) {
    const field = findField(name)
    if (field !== undefined && (field.choices === undefined || name !== field.name))
      throw new UserError(`did you mean: ${name}=${args[0] ?? '<val>'}`)
    return { kind: 'unknown', name }
  }
  const [symbol] = args
  if (!kind.takesSymbol) return { kind: 'report', name, config: withArguments(name, args, config) }
  if (symbol === undefined) throw new UserError(`command ${name} requires an argument`)
  return { kind: 'report', name, symbol, config: withArguments(name, args.slice(1), config) }
}

/** The config that a command's words make: a limit, filters, the order, a file. */
function withArguments(name: string, args: readonly string[], config: Config): Config {
  const c = { ...config }
  const focus: string[] = []
  const ignore: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    const limit = parseInt32(word)
    if (limit !== undefined) c.nodeCount = limit
    else if (word === '-cum' || word === '--cum') c.sort = 'cum'
    else if (word[0] === '-') ignore.push(word.slice(1))
    else if (word[0] !== '>') focus.push(word)
    else {
      const file = word.length > 1 ? word.slice(1) : args[++at]
      if (file === undefined) throw new UserError('unexpected end of line after >')
      c.output = file
    }
  }
  const both = { focus: anyOf(focus), ignore: anyOf(ignore) }
  if (both.focus !== '') c[name === 'tags' ? 'tagFocus' : 'focus'] = both.focus
  if (both.ignore !== '') c[name === 'tags' ? 'tagIgnore' : 'ignore'] = both.ignore
  if (c.nodeCount === -1 && (name === 'top' || name === 'text')) c.nodeCount = 10
  return c
}

const anyOf = (patterns: readonly string[]): string => patterns.filter((s) => s !== '').join('|')

/** strconv.ParseInt(word, 10, 32); undefined where that fails. */
function parseInt32(word: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(word)) return undefined
  const n = Number(word)
  // `-0` is a number there; the sign must not survive.
  return n >= -(2 ** 31) && n < 2 ** 31 ? n + 0 : undefined
}

/** Words that a line can begin with, as typed: options that want a value end in `=`. */
export function firstWords(shortcuts: ReadonlyMap<string, readonly string[]>): string[] {
  const words = new Set([...Object.keys(REPORTS), 'options', 'help', 'quit', 'exit', ...shortcuts.keys()])
  for (const f of CONFIG_FIELDS) {
    words.add(f.kind === 'boolean' ? f.name : `${f.name}=`)
    for (const choice of f.choices ?? []) words.add(choice)
  }
  return [...words].filter((word) => /^[\w:]+=?$/.test(word)).sort()
}
