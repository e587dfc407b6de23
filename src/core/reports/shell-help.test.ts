import { expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { defaultConfig } from './config.ts'
import { shellHelp, shellHelpFor, shellOptions } from './shell-help.ts'

const profile = profileFrom('main\n= 1 2', ['samples/count', 'cpu/nanoseconds'])

test('help of all commands keeps to the reference: ours are not listed, the shell’s own come last', () => {
  const text = shellHelp()
  const commands = text.split('\n\n')[0]!.split('\n')
  expect(commands[0]).toBe('  Commands:')
  expect(commands[1]).toBe('    callgrind        Outputs a graph in callgrind format')
  expect(commands.slice(-2)).toEqual([
    '    o/options        List options and their current values',
    '    q/quit/exit/^D   Exit pprof',
  ])
  expect(text).not.toMatch(/^ +(eps|jpg) /m)
  expect(text).toContain('\n    relative_percentages Show percentages relative to focused subgraph\n')
  expect(text).toContain('\n    sort             \n      cum              Sort entries based on')
  expect(text.endsWith('  type "help <cmd|option>" for more information\n')).toBe(true)
})

test('help of one thing', () => {
  expect(shellHelpFor('comments', profile)).toBe('Output all profile comments\n\n')
  expect(shellHelpFor('peek', profile)).toBe(
    'Output callers/callees of functions matching regexp\n  Usage:\n    peek func_regex\n' +
      '    Display callers and callees of functions matching func_regex.\n\n',
  )
  expect(shellHelpFor('compact_labels', profile)).toBe('Show minimal headers\n')
  expect(shellHelpFor('cum', profile)).toBe('Sort entries based on cumulative weight\n\n')
  expect(shellHelpFor('sample_index', profile)).toContain('with name in [samples cpu].\n\n')
  for (const name of ['sort', 'o', 'quit', 'constructor', 'top5', ''])
    expect(shellHelpFor(name, profile)).toBeUndefined()
})

test('options are sorted, padded, and show what there is to choose from', () => {
  const lines = shellOptions({ ...defaultConfig(), focus: 'é', tagRoot: 'k' }, profile).split('\n')
  expect(lines).toEqual([...lines].sort())
  expect(lines).toContain('  focus                     = é                    ')
  expect(lines).toContain('  ignore                    = ""                   ')
  expect(lines).toContain('  nodecount                 = -1                   //: default')
  expect(lines).toContain('  sample_index              = cpu                  //: [samples | cpu]')
  expect(lines).toContain('  sort                      = flat                 //: [cum | flat]')
  expect(lines.join('\n')).toContain(
    '= (default)            //: [addresses | filefunctions | files | functions | lines]',
  )
  expect(lines.join('\n')).not.toContain('source_path')
})
