// What the help of `goscope pprof` and of its shell says about each report. The texts are part of the
// reference's interface: the shell prints them byte for byte.

export interface CommandHelp {
  readonly name: string
  readonly description: string
  /** Lines of the shell's `help COMMAND`; '' if there are none. */
  readonly usage: string
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

export const COMMAND_HELP: readonly CommandHelp[] = [
  help('callgrind', 'Outputs a graph in callgrind format', usage('callgrind', { redirect: true })),
  help('comments', 'Output all profile comments'),
  help('dot', 'Outputs a graph in DOT format', usage('dot', { redirect: true })),
  help(
    'peek',
    'Output callers/callees of functions matching regexp',
    'peek func_regex\nDisplay callers and callees of functions matching func_regex.',
  ),
  help('proto', 'Outputs the profile in compressed protobuf format'),
  help('raw', 'Outputs a text representation of the raw profile'),
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
]
