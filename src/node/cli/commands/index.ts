import { existsSync } from 'node:fs'
import { UserError } from '../../../core/base/errors.ts'
import type { Commands } from '../people/registry.ts'

/** All commands, in the order of help. */
export const COMMANDS: Commands = {
  open: { summary: 'the workbench in the browser', load: () => import('./open.ts') },
  doctor: { summary: 'what is wrong, with evidence, and what to do', load: () => import('./doctor.ts') },
  info: { summary: 'what each source is, and what is wrong with it', load: () => import('./info.ts') },
  top: { summary: 'the functions that took most', load: () => import('./top.ts') },
  tree: { summary: 'the same between their callers and callees', load: () => import('./tree.ts') },
  peek: { summary: 'callers and callees of functions that match', load: () => import('./peek.ts') },
  traces: { summary: 'whole stacks, heaviest first', load: () => import('./traces.ts') },
  tags: { summary: 'what each value of each label took', load: () => import('./tags.ts') },
  goroutines: {
    summary: 'dumps and crashes: groups, leaks, who blocks whom',
    load: () => import('./goroutines.ts'),
  },
  diff: { summary: 'what changed, between any two sides', load: () => import('./diff.ts') },
  gate: { summary: 'passes or fails a change in a pipeline', load: () => import('./gate.ts') },
  memory: { summary: 'where resident memory goes', load: () => import('./memory.ts') },
  gc: { summary: 'what a log says of the garbage collector', load: () => import('./gc.ts') },
  sched: { summary: 'what a log says of the scheduler', load: () => import('./sched.ts') },
  allocs: { summary: 'what a log says of single allocations', load: () => import('./allocs.ts') },
  heapdump: {
    summary: 'what holds the memory, from debug.WriteHeapDump',
    load: () => import('./heapdump.ts'),
  },
  capture: { summary: 'everything a live program gives, in one folder', load: () => import('./capture.ts') },
  wall: {
    summary: 'wall-clock profile of a live program, on and off CPU',
    load: () => import('./wall.ts'),
  },
  ps: { summary: 'Go programs running here, and how to reach each', load: () => import('./ps.ts') },
  watch: { summary: 'live numbers of running programs', load: () => import('./watch.ts') },
  gops: { summary: 'asks the gops agent in a Go program', load: () => import('./gops.ts') },
  threads: { summary: 'what the threads of a running program do', load: () => import('./threads.ts') },
  stacks: {
    summary: 'goroutines of a program that offers nothing, by ending it',
    load: () => import('./stacks.ts'),
  },
  flame: { summary: 'flame graph in the terminal, as SVG or HTML', load: () => import('./flame.ts') },
  export: {
    summary: 'one self-contained page, to attach to a ticket',
    load: () => import('./export.ts'),
  },
  convert: { summary: 'between profile formats', load: () => import('./convert.ts') },
  pprof: { summary: 'stands in for go tool pprof', load: () => import('./pprof.ts'), dropIn: true },
  trace: { summary: 'stands in for go tool trace', load: () => import('./trace.ts'), dropIn: true },
  completion: { summary: 'completion for bash, zsh or fish', load: () => import('./completion.ts') },
  help: { summary: 'this, or more about a command', load: () => import('./help.ts') },
  version: { summary: 'which goscope this is', load: () => import('./version.ts') },
}

/** Other ways to ask for a command. */
const SYNONYMS: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-version': 'version',
  '-v': 'version',
}

/** Whether it can only be meant as something to open: it is there, or it is an address. */
function isSource(text: string): boolean {
  return text === '-' || /^(https?(\+insecure)?:\/\/|unix:)/.test(text) || existsSync(text)
}

/** Runs the command that the arguments name; returns its exit status. Throws UserError. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [given = 'help', ...rest] = args
  const name = SYNONYMS[given] ?? given
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    // `goscope SRC...` is `goscope open SRC...`.
    if (isSource(name)) return (await COMMANDS.open!.load()).run(args, COMMANDS)
    const { unknownCommand } = await import('../people/unknown-command.ts')
    throw new UserError(unknownCommand(name, COMMANDS))
  }
  const module = await command.load()
  if (command.dropIn) return module.run(rest, COMMANDS)
  try {
    return await module.run(rest, COMMANDS)
  } catch (e) {
    // Errors say which command they are of.
    if (e instanceof UserError && !e.message.startsWith('goscope'))
      throw new UserError(`goscope ${name}: ${e.message}`)
    throw e
  }
}
