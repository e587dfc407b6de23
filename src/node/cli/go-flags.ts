import { UserError } from '../../core/base/errors.ts'
import { quote } from '../../core/base/go-fmt.ts'
import { parseFloat64 } from '../../core/reports/config.ts'

export type FlagKind = 'boolean' | 'string' | 'integer' | 'float'
export type FlagValue = boolean | string | number

export interface ParsedFlags {
  /** Values of the flags that were given; of one given twice the last. */
  readonly values: ReadonlyMap<string, FlagValue>
  /** What follows the flags. */
  readonly rest: readonly string[]
  /** -h or -help was given. */
  readonly help: boolean
}

/**
 * Parses flags as Go's package flag does: one dash or two, `-name=value` or `-name value`, booleans without
 * a value, up to the first argument that is no flag or to `--`. Throws UserError with Go's words.
 */
export function parseGoFlags(args: readonly string[], kinds: ReadonlyMap<string, FlagKind>): ParsedFlags {
  const values = new Map<string, FlagValue>()
  let at = 0
  while (at < args.length) {
    const arg = args[at]!
    if (arg.length < 2 || arg[0] !== '-') break
    at++
    if (arg === '--') break
    const body = arg.slice(arg.startsWith('--') ? 2 : 1)
    if (body === '' || body[0] === '-' || body[0] === '=') throw new UserError(`bad flag syntax: ${arg}`)
    const eq = body.indexOf('=')
    const name = eq < 0 ? body : body.slice(0, eq)
    const given = eq < 0 ? undefined : body.slice(eq + 1)
    const kind = kinds.get(name)
    if (kind === undefined) {
      if (name === 'help' || name === 'h') return { values, rest: args.slice(at), help: true }
      throw new UserError(`flag provided but not defined: -${name}`)
    }
    if (kind === 'boolean') {
      values.set(name, given === undefined ? true : booleanValue(name, given))
      continue
    }
    const text = given ?? args[at++]
    if (text === undefined) throw new UserError(`flag needs an argument: -${name}`)
    values.set(name, kind === 'string' ? text : numberValue(name, text, kind))
  }
  return { values, rest: args.slice(at), help: false }
}

function booleanValue(name: string, text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw new UserError(`invalid boolean value ${quote(text)} for -${name}: parse error`)
}

/** strconv.ParseInt with base 0: a prefix or a leading 0 tells the base, underscores part digits. */
const INTEGER = /^([+-]?)(?:0x((?:_?[0-9a-f])+)|0b((?:_?[01])+)|0o?((?:_?[0-7])+)|(0|[1-9](?:_?\d)*))$/i

function numberValue(name: string, text: string, kind: 'integer' | 'float'): number {
  const wrong = (why: string): UserError =>
    new UserError(`invalid value ${quote(text)} for flag -${name}: ${why}`)
  if (kind === 'float') {
    try {
      return parseFloat64(text)
    } catch (e) {
      throw wrong(String(e).endsWith('out of range') ? 'value out of range' : 'parse error')
    }
  }
  const m = INTEGER.exec(text)
  if (m === null) throw wrong('parse error')
  const at = m.findIndex((digits, i) => i > 1 && digits !== undefined)
  const size = BigInt(['0x', '0b', '0o', ''][at - 2]! + m[at]!.replaceAll('_', ''))
  const v = m[1] === '-' ? -size : size
  if (BigInt.asIntN(64, v) !== v) throw wrong('value out of range')
  return Number(v)
}
