// What the shell of `goscope pprof` says about itself: `help`, `help NAME` and `options`. Byte for byte the
// reference's (google/pprof internal/driver interactive.go, commands.go).

import { list, padRight } from '../base/go-fmt.ts'
import { compareText } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'
import { CHOICE_HELP, CONFIG_FIELDS, type Config, type ConfigField, fieldText } from './config.ts'
import { COMMAND_HELP } from './help.ts'

function entry(name: string, help: string): string {
  return `    ${padRight(name, 16)} ${help.split('\n', 1)[0]}`
}

/** `help` alone. */
export function shellHelp(): string {
  const commands = COMMAND_HELP.filter((c) => !c.ours).map((c) => entry(c.name, c.description))
  const options = CONFIG_FIELDS.filter((f) => f.choices === undefined).map((f) => entry(f.name, f.help))
  const groups = CONFIG_FIELDS.filter((f) => f.choices !== undefined).map((f) =>
    [entry(f.name, ''), ...f.choices!.map((c) => `  ${entry(c, CHOICE_HELP[c] ?? '')}`)].join('\n'),
  )
  const sorted = (lines: string[]): string => lines.sort(compareText).join('\n')
  return `  Commands:
${sorted(commands)}
${entry('o/options', 'List options and their current values')}
${entry('q/quit/exit/^D', 'Exit pprof')}

  Options:
${sorted(options)}

  Option groups (only set one per group):
${sorted(groups)}
  :   Clear focus/ignore/hide/tagfocus/tagignore

  type "help <cmd|option>" for more information
`
}

/** `help NAME`; undefined if there is nothing of that name. */
export function shellHelpFor(name: string, p: Profile): string | undefined {
  const command = COMMAND_HELP.find((c) => c.name === name)
  if (command !== undefined) {
    const lines =
      command.usage === '' ? [] : ['  Usage:', ...command.usage.split('\n').map((l) => `    ${l}`)]
    return [command.description, ...lines, '', ''].join('\n')
  }
  const text = optionHelp(name)
  if (text === undefined) return undefined
  if (name !== 'sample_index') return `${text}\n`
  return `${text}Or use sample_index=name, with name in ${list(p.sampleTypes.map((t) => t.type))}.\n\n`
}

function optionHelp(name: string): string | undefined {
  if (Object.hasOwn(CHOICE_HELP, name)) return CHOICE_HELP[name]
  return CONFIG_FIELDS.find((f) => f.name === name && f.choices === undefined)?.help
}

/** `options`: each option with its value, and what there is to choose from. No newline at the end. */
export function shellOptions(config: Config, p: Profile): string {
  return CONFIG_FIELDS.filter((f) => f.name !== 'source_path')
    .map((f) => {
      const [value, comment] = optionState(f, config, p)
      return `  ${padRight(f.name, 25)} = ${padRight(value, 20)} ${comment === '' ? '' : `//: ${comment}`}`
    })
    .sort(compareText)
    .join('\n')
}

function optionState(f: ConfigField, config: Config, p: Profile): [value: string, comment: string] {
  const value = fieldText(config, f)
  const choice = (names: readonly string[]): string => `[${names.join(' | ')}]`
  if (f.choices !== undefined) return [value === '' ? '(default)' : value, choice([...f.choices].sort())]
  if (f.name === 'sample_index') {
    const types = p.sampleTypes.map((t) => t.type)
    return [value === '' ? (types.at(-1) ?? '') : value, choice(types)]
  }
  if (f.name === 'nodecount' && value === '-1') return [value, 'default']
  return [value === '' ? '""' : value, '']
}
