// `goscope completion SHELL` prints what the shell is to run; what that asks for is `goscope completion
// propose WORD...`, one proposal a line, with its explanation behind a tab. No proposals mean files.

import { UserError } from '../../../core/base/errors.ts'
import type { CommandDescription, CommandSpec } from '../people/command-spec.ts'
import type { Commands, Subcommands } from '../people/registry.ts'
import { writeLines } from '../people/write-lines.ts'

export const spec: CommandSpec<Record<never, never>> = {
  name: 'completion',
  summary: 'completion for bash, zsh or fish',
  args: 'bash|zsh|fish',
  flags: {},
  groups: [],
  examples: [
    ['source <(goscope completion bash)', 'in ~/.bashrc'],
    ['source <(goscope completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['goscope completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
}

const SHELLS: Readonly<Record<string, string>> = {
  bash: `_goscope() {
  local IFS=$'\\n' word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(goscope completion propose "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "$word"))
}
complete -o default -o bashdefault -F _goscope goscope`,
  zsh: `_goscope() {
  local -a proposals
  local line name
  for line in "\${(@f)$(goscope completion propose "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    name=\${line%%$'\\t'*}
    [[ -n $name ]] && proposals+=("\${name//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#proposals} )); then _describe -t goscope goscope proposals; else _files; fi
}
compdef _goscope goscope`,
  fish: `function __goscope_propose
  set -l words (commandline -opc) (commandline -ct)
  goscope completion propose $words[2..-1] 2>/dev/null
end
complete -c goscope -a '(__goscope_propose)'`,
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[], all: Commands): Promise<number> {
  const [shell, ...words] = args
  if (shell === '--help' || shell === '-h') {
    const { printCommandHelp } = await import('../people/help-text.ts')
    printCommandHelp(spec)
    return 0
  }
  if (shell === 'propose') {
    writeLines(await proposals(words, all))
    return 0
  }
  const script = shell === undefined ? undefined : SHELLS[shell]
  if (script === undefined || words.length > 0)
    throw new UserError('which shell? usage: goscope completion bash|zsh|fish')
  writeLines([script])
  return 0
}

/** What the last of the words may become. */
async function proposals(words: readonly string[], all: Commands): Promise<string[]> {
  const [name = '', ...rest] = words
  const line = (word: string, what: string): string => `${word}\t${what}`
  if (words.length < 2)
    return Object.entries(all)
      .filter(([n]) => n.startsWith(name))
      .map(([n, c]) => line(n, c.summary))
  if (name === 'help')
    return Object.keys(all)
      .filter((n) => n.startsWith(rest[0] ?? ''))
      .map((n) => line(n, all[n]!.summary))
  if (name === 'completion') return Object.keys(SHELLS).map((s) => line(s, 'shell'))
  const module = Object.hasOwn(all, name) ? await all[name]!.load() : undefined
  const below = await module?.subcommands?.()
  if (below !== undefined) return subcommandProposals(below, rest)
  // An argument: the shell knows files better.
  return module?.spec === undefined ? [] : flagProposals(module.spec, rest)
}

/** For `goscope trace W…`: names first, then what the one that was named takes. */
async function subcommandProposals(below: Subcommands, words: readonly string[]): Promise<string[]> {
  const [name = '', ...rest] = words
  const names = (start: string, more: readonly string[] = []): string[] =>
    [...Object.keys(below), ...more]
      .filter((n) => n.startsWith(start))
      .map((n) => `${n}\t${below[n]?.summary ?? 'what each of them does'}`)
  if (words.length < 2) return names(name, ['help'])
  if (name === 'help') return names(rest[0] ?? '')
  const spec = Object.hasOwn(below, name) ? await below[name]!.spec?.() : undefined
  return spec === undefined ? [] : flagProposals(spec, rest)
}

async function flagProposals(spec: CommandDescription, words: readonly string[]): Promise<string[]> {
  const { proposeWithStricli } = await import('../people/stricli.ts')
  const found = await proposeWithStricli(spec, words)
  const flags = words.at(-1)?.startsWith('-')
  return found.filter((p) => flags || !p.completion.startsWith('-')).map((p) => `${p.completion}\t${p.brief}`)
}
