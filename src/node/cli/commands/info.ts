// `goscope info`: what each source is.

import { statSync } from 'node:fs'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { bytesText, countText } from '../../../core/base/people-fmt.ts'
import { filesOf } from '../../capture/files-of.ts'
import { blockLines, type ListedFile, listLines, lookJson } from '../info/lines.ts'
import { type LookedAtArchive, lookAt, lookAtFile } from '../info/look-at.ts'
import { type CommandSpec, needSources, parseCommand } from '../people/command.ts'
import {
  LIVE_GROUP,
  type LiveFlags,
  liveFlags,
  liveOptions,
  type OutputFlags,
  outputFlags,
} from '../people/flags.ts'
import { jsonText, writeJson } from '../people/json.ts'
import { sourceProblem } from '../people/source-errors.ts'
import { sourceNames } from '../people/source-names.ts'
import { paint, type Style, safeName, styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

interface InfoFlags extends OutputFlags, LiveFlags {}

export const spec: CommandSpec<InfoFlags> = {
  name: 'info',
  summary: 'what each source is, and what is wrong with it',
  args: 'SRC...',
  flags: { ...outputFlags, ...liveFlags },
  groups: [LIVE_GROUP, ['Output', ['json', 'color', 'width']]],
  examples: [
    ['goscope info cpu.pb.gz', 'what it measured, of which program, and how much of it there is'],
    ['goscope info capture/', 'what each file of a folder or an archive is, and which command reads it'],
    ['goscope info app.log', 'whether the runtime has left traces, dumps or a crash in it'],
    ['goscope info perf-stat.txt', 'what the counters of perf stat mean together'],
    ['curl -s HOST/debug/pprof/heap | goscope info -', 'what a server gives'],
  ],
  notes: [
    'Profiles, execution traces, logs of the runtime, goroutine dumps and crashes, heap dumps, statistics of ' +
      'memory, benchmark results, output of perf stat, and captures of all these are told apart by their ' +
      'content.',
  ],
}

const progress = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** What is said of one source, as text and as JSON. */
interface Description {
  readonly lines: readonly string[]
  readonly json: object
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  needSources(spec, args)
  const style = styleFor(flags)
  const json: object[] = []
  let failed = false
  let first = true
  const names = await sourceNames(args)
  for (const [i, source] of args.entries()) {
    const name = names[i]!
    try {
      const { lines, json: doc } = isFolder(source)
        ? await describeFolder(style, source)
        : await describe(style, source, name, flags)
      json.push(doc)
      if (flags.json) continue
      writeLines([...(first ? [] : ['']), ...lines])
      first = false
    } catch (e) {
      const problem = problemOf(name, e)
      // The others are shown all the same.
      if (args.length === 1) throw problem
      process.stderr.write(`goscope info: ${safeName(problem.message)}\n`)
      json.push({ name: jsonText(name), error: jsonText(problem.message) })
      failed = true
    }
  }
  if (flags.json) writeJson({ schema: 'goscope.info/1', sources: json })
  return failed ? 2 : 0
}

function isFolder(source: string): boolean {
  return source !== '-' && (statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false)
}

/** The error for people; what reads packed data names the source itself. */
function problemOf(name: string, e: unknown): UserError {
  const shown = name === '-' ? 'standard input' : name
  const plain =
    e instanceof DecodeError && e.message.startsWith(`${shown}: `)
      ? new DecodeError(e.format, e.offset, e.message.slice(shown.length + 2))
      : e instanceof UserError && e.message.startsWith(`${shown}: `)
        ? new UserError(e.message.slice(shown.length + 2))
        : e
  const { message } = sourceProblem(name, plain)
  // This command reads more than profiles.
  return new UserError(message.replace(': not a profile', ': nothing that goscope reads'))
}

async function describe(
  style: Style,
  source: string,
  name: string,
  flags: Partial<InfoFlags>,
): Promise<Description> {
  const at = await lookAt(style, source, { ...liveOptions(flags), progress })
  if ('archive' in at) return describeArchive(style, name, at)
  const shown = name === '-' ? 'standard input' : name
  return { lines: blockLines(style, shown, at), json: lookJson(jsonText(name), at) }
}

async function describeFolder(style: Style, folder: string): Promise<Description> {
  const listed: ListedFile[] = []
  for (const { path, name } of filesOf([folder])) {
    const { size } = statSync(path)
    if (size === 0) {
      listed.push({
        name,
        at: await lookAtFile(style, { name, bytes: new Uint8Array(0) }),
        error: '',
        storedBytes: 0,
      })
      continue
    }
    listed.push(
      await listedFile(name, size, path, async () => {
        const at = await lookAt(style, path, {})
        if ('archive' in at) throw new UserError(`a ${at.archive} archive: goscope info ${path}`)
        return at
      }),
    )
  }
  return container(style, folder, 'folder', listed, Number.NaN)
}

async function describeArchive(style: Style, name: string, a: LookedAtArchive): Promise<Description> {
  const listed: ListedFile[] = []
  for (const file of a.files)
    listed.push(await listedFile(file.name, file.bytes.length, file.name, () => lookAtFile(style, file)))
  return container(style, name, `${a.archive} archive`, listed, a.storedBytes)
}

async function listedFile(
  name: string,
  storedBytes: number,
  path: string,
  look: () => ReturnType<typeof lookAtFile>,
): Promise<ListedFile> {
  try {
    return { name, at: await look(), error: '', storedBytes }
  } catch (e) {
    const { message } = problemOf(path, e)
    return { name, at: undefined, error: message.replace(`${path}: `, ''), storedBytes }
  }
}

function container(
  style: Style,
  name: string,
  what: string,
  files: readonly ListedFile[],
  storedBytes: number,
): Description {
  const all = files.reduce((n, f) => n + f.storedBytes, 0)
  const size = Number.isNaN(storedBytes)
    ? bytesText(all)
    : `${bytesText(storedBytes)}, ${bytesText(all)} unpacked`
  const count = files.length === 1 ? '1 file' : `${countText(files.length)} files`
  const title = `${paint(style, 'strong', safeName(name))}  ${paint(style, 'accent', `${what}, ${count}, ${size}`)}`
  return {
    lines: listLines(style, title, files),
    json: {
      name: jsonText(name),
      kind: 'capture',
      format: what,
      storedBytes: Number.isNaN(storedBytes) ? all : storedBytes,
      unpackedBytes: all,
      files: files.map((f) =>
        f.at === undefined
          ? { name: jsonText(f.name), error: jsonText(f.error) }
          : lookJson(jsonText(f.name), f.at),
      ),
    },
  }
}
