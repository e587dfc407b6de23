// Help for one command, from its description.

import { padEnd } from '../../../core/base/people-fmt.ts'
import { type CommandDescription, typedFlag } from './command-spec.ts'
import { own, paint, type Style, styleFor } from './style.ts'
import { wrapLines } from './table.ts'
import { writeLines } from './write-lines.ts'

/** Prints a command's help to standard output. */
export function printCommandHelp(spec: CommandDescription): void {
  writeLines(commandHelp(spec, styleFor({})))
}

/** A command's help as lines: usage, examples, flags by group, notes. */
export function commandHelp(spec: CommandDescription, given: Style): string[] {
  // Into a file or pipe it is wrapped as well.
  const style = { ...given, width: Math.min(given.width, 100) }
  const { flags } = spec
  const letters = new Map(Object.entries(spec.aliases ?? {}).map(([letter, key]) => [String(key), letter]))
  const left = (key: string): string => {
    const f = flags[key]!
    const name = typedFlag(key)
    const value = f.kind === 'boolean' ? '' : ` ${f.placeholder ?? 'VALUE'}${f.variadic ? '...' : ''}`
    const letter = letters.get(key)
    return `${letter === undefined ? '' : `-${letter}, `}${name}${value}`
  }
  const title = (text: string): string => paint(style, 'strong', text)
  const lines = [`${title(`goscope ${spec.name}`)} - ${own(style, spec.summary)}`, '']
  lines.push(
    `${title('Usage')}  goscope ${spec.name}${Object.keys(flags).length > 0 ? ' [flags]' : ''} ${spec.args}`.trimEnd(),
    '',
  )
  lines.push(title('Examples'))
  for (const [command, what] of spec.examples) {
    lines.push(
      `  ${command}`,
      ...wrapLines(style, `      ${what}`, '      ').map((l) => paint(style, 'quiet', l)),
    )
  }
  const widest = Math.max(0, ...spec.groups.flatMap(([, keys]) => keys.map((k) => left(k).length)))
  for (const [name, keys] of spec.groups) {
    lines.push('', title(name))
    for (const key of keys) {
      const text = `  ${padEnd(left(key), widest)}  ${flags[key]!.brief}`
      lines.push(...wrapLines(style, text, ' '.repeat(widest + 4)))
    }
  }
  for (const note of spec.notes ?? []) lines.push('', ...wrapLines(style, note))
  return lines
}
