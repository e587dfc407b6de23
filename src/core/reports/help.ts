// What the help of `goscope pprof` and of its shell says about each report. The texts are part of the
// reference's interface: the shell prints them byte for byte.

export interface CommandHelp {
  readonly name: string
  readonly description: string
  /** Lines of the shell's `help COMMAND`; '' if there are none. */
  readonly usage: string
  /** Not a command of the reference: its shell's list of commands is kept byte for byte. */
  readonly ours?: true
}

function usage(command: string, o: { cum?: boolean; redirect?: boolean }): string {
  const first = `${command} [n] [focus_regex]* [-ignore_regex]*${o.cum ? ' [-cum]' : ''}${o.redirect ? ' >f' : ''}`
  return [
    first,
    'Include up to n samples',
    'Include samples matching focus_regex, and exclude ignore_regex.',
    ...(o.cum ? ['-cum sorts the output by cumulative weight'] : []),
    ...(o.redirect ? ['Optionally save the report on the file f'] : []),
  ].join('\n')
}

const help = (name: string, description: string, lines = ''): CommandHelp => ({
  name,
  description,
  usage: lines,
})

function listUsage(command: string, redirect = false): string {
  return [
    `${command}<func_regex|address> [-focus_regex]* [-ignore_regex]*${redirect ? ' >f' : ''}`,
    'Include functions matching func_regex, or including the address specified.',
    'Include samples matching focus_regex, and exclude ignore_regex.',
    ...(redirect ? ['Optionally save the report on the file f'] : []),
  ].join('\n')
}

/** A picture that is saved; `kind` is how the reference writes its format. */
const saved = (name: string, kind: string): CommandHelp =>
  help(name, `Outputs a graph ${kind}`, usage(name, { redirect: true }))
const shown = (name: string, description: string): CommandHelp => help(name, description, usage(name, {}))

export const COMMAND_HELP: readonly CommandHelp[] = [
  help('callgrind', 'Outputs a graph in callgrind format', usage('callgrind', { redirect: true })),
  help('comments', 'Output all profile comments'),
  help('disasm', 'Output assembly listings annotated with samples', listUsage('disasm', true)),
  help('dot', 'Outputs a graph in DOT format', usage('dot', { redirect: true })),
  shown('eog', 'Visualize graph through eog'),
  { ...saved('eps', 'in Encapsulated PostScript format'), ours: true },
  shown('evince', 'Visualize graph through evince'),
  saved('gif', 'image in GIF format'),
  shown('gv', 'Visualize graph through gv'),
  { ...saved('jpg', 'image in JPEG format'), ours: true },
  shown('kcachegrind', 'Visualize report in KCachegrind'),
  help('list', 'Output annotated source for functions matching regexp', listUsage('list')),
  saved('pdf', 'in PDF format'),
  help(
    'peek',
    'Output callers/callees of functions matching regexp',
    'peek func_regex\nDisplay callers and callees of functions matching func_regex.',
  ),
  saved('png', 'image in PNG format'),
  help('proto', 'Outputs the profile in compressed protobuf format'),
  saved('ps', 'in PS format'),
  help('raw', 'Outputs a text representation of the raw profile'),
  saved('svg', 'in SVG format'),
  help(
    'tags',
    'Outputs all tags in the profile',
    'tags [tag_regex]* [-ignore_regex]* [>file]\nList tags with key:value matching tag_regex and exclude ignore_regex.',
  ),
  help('text', 'Outputs top entries in text form', usage('text', { cum: true, redirect: true })),
  help('top', 'Outputs top entries in text form', usage('top', { cum: true, redirect: true })),
  help('topproto', 'Outputs top entries in compressed protobuf format'),
  help('traces', 'Outputs all profile samples in text form'),
  help('tree', 'Outputs a text rendering of call graph', usage('tree', { cum: true, redirect: true })),
  shown('web', 'Visualize graph through web browser'),
  help('weblist', 'Display annotated source in a web browser', listUsage('weblist')),
]
