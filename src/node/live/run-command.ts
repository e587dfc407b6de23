// `goscope capture -- COMMAND…`: runs a program, or a test, with what makes it tell about itself, and collects
// what it has told. Its output, its exit status and signals pass through.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { constants } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import type { Topic } from '../../core/engine/capture-plan.ts'
import { writeAll } from '../output.ts'
import { systemError } from '../system-error.ts'
import { showControls } from '../terminal-text.ts'
import { CaptureFolder } from './capture-files.ts'
import { captureTo, summaryLines, timeStamp } from './capture-output.ts'
import {
  type CommandKind,
  commandKind,
  flagValue,
  type GoFlags,
  hasFlag,
  TEST_PROFILES,
  withGodebug,
  withProfiles,
  withWrapper,
} from './go-command.ts'
import { type Manifest, manifestText, newManifest } from './manifest.ts'
import { redactArguments } from './redact.ts'
import { type RuntimeLineKind, RuntimeLines } from './runtime-lines.ts'

export interface RunOptions extends GoFlags {
  readonly godebug: string
  readonly skip: ReadonlySet<Topic>
  readonly version: string
}

/** Files of the runtime's lines. */
const LOGS: Readonly<Record<RuntimeLineKind, string>> = {
  gctrace: 'gctrace.log',
  schedtrace: 'schedtrace.log',
  inittrace: 'inittrace.log',
}

/** Settings that make the runtime print such lines. */
const LINES_OF: Readonly<Record<string, RuntimeLineKind>> = {
  gctrace: 'gctrace',
  gcpacertrace: 'gctrace',
  scavtrace: 'gctrace',
  schedtrace: 'schedtrace',
  scheddetail: 'schedtrace',
  inittrace: 'inittrace',
}

/** What a program says when it dies stands at the end of its output. */
const KEPT_BYTES = 4 << 20
const CRASH =
  /^(panic: |fatal error: |unexpected fault|SIG[A-Z]+: |WARNING: DATA RACE|goroutine \d+ .*\[.*\]:)/m

/** Runs the command and captures to `output`; returns the command's exit status, 1 if only the capture failed. Throws UserError. */
export async function captureCommandTo(
  output: string | undefined,
  argv: readonly string[],
  o: RunOptions,
  json: boolean,
): Promise<number> {
  if (output === '-') throw new UserError('-o - is not for commands: standard output is theirs')
  const path = output ?? `goscope-${timeStamp()}`
  const say = (text: string): void => void process.stderr.write(`goscope capture: ${text}\n`)
  let status = 1
  const manifest = await captureTo(path, say, async (folder) => {
    const m = await captureCommand(argv, folder, o)
    status = m.exitStatus ?? 1
    return m
  })
  if (manifest === undefined) return status || 1
  for (const line of summaryLines(path, manifest)) say(showControls(line))
  if (json) writeAll(1, Buffer.from(manifestText(manifest)))
  return status === 0 && manifest.failed.length > 0 ? 1 : status
}

/**
 * Runs the command and captures into the folder. Returns the manifest, with the command's exit status. Throws
 * UserError if it cannot be run.
 */
export async function captureCommand(
  argv: readonly string[],
  folder: CaptureFolder,
  o: RunOptions,
): Promise<Manifest> {
  const run = new CommandRun(argv, folder, o)
  return run.all()
}

/**
 * The inside of `go test`: this process stands in front of a test binary, and captures it into a folder of its own
 * below `into`. Returns the exit status.
 */
export async function captureInside(into: string, argv: readonly string[], o: RunOptions): Promise<number> {
  const name = basename(argv[0] ?? 'program').replace(/(\.test)?(\.exe)?$/, '') || 'program'
  for (let n = 1; ; n++) {
    const path = join(into, n === 1 ? name : `${name}-${n}`)
    try {
      mkdirSync(path)
    } catch (e) {
      // Another package's, of the same name.
      if ((e as NodeJS.ErrnoException).code === 'EEXIST' && n < 10_000) continue
      throw new UserError(systemError('mkdir', path, e))
    }
    const manifest = await captureCommand(argv, new CaptureFolder(path), o)
    return manifest.exitStatus ?? 1
  }
}

class CommandRun {
  private readonly argv: readonly string[]
  private readonly folder: CaptureFolder
  private readonly options: RunOptions
  private readonly manifest: Manifest
  private readonly kind: CommandKind

  constructor(argv: readonly string[], folder: CaptureFolder, o: RunOptions) {
    this.argv = argv
    this.folder = folder
    this.options = o
    this.kind = commandKind(argv)
    this.manifest = newManifest(redactArguments(argv).join(' '), o.version)
  }

  async all(): Promise<Manifest> {
    const m = this.manifest
    this.save()
    if (this.kind === 'go test' || this.kind === 'go run') await this.goCommand()
    else await this.program(this.argv)
    m.state = 'complete'
    this.save()
    return m
  }

  /** The go command itself is left alone: what it runs is run by us. */
  private async goCommand(): Promise<void> {
    const { argv, folder, options: o } = this
    const self = [process.execPath, ...process.execArgv, realpathSync(process.argv[1] ?? '')]
    const inside = ['--into', resolve(folder.path), '--godebug', o.godebug]
    if (o.skip.size > 0) inside.push('--skip', [...o.skip].join())
    const wrapped = withWrapper(argv, [...self, 'capture', ...inside, '--'], o)
    if (wrapped === undefined) {
      this.manifest.notes.push('-exec is given already: what it runs is not captured, but for its own flags.')
      await this.program(argv)
      return
    }
    const bench = hasFlag(argv.slice(1), 'bench')
    const output = bench ? this.folder.begin('bench.txt') : undefined
    const started = new Date().toISOString()
    const start = performance.now()
    const status = await this.spawn(
      wrapped,
      process.env,
      ['inherit', bench ? 'pipe' : 'inherit', 'inherit'],
      (child) =>
        child.stdout?.on('data', (chunk: Uint8Array) => {
          writeAll(1, chunk)
          output?.write(chunk)
        }),
    )
    this.manifest.exitStatus = status
    if (output !== undefined) {
      const { bytes } = output
      if (bytes > 0) {
        output.keep()
        this.add('bench.txt', 'results of benchmarks', started, start, bytes)
      } else output.drop()
    }
    this.gather()
  }

  /** What the insides have written: of a single one it is the capture, several stay folders. */
  private gather(): void {
    const { folder, manifest: m } = this
    const parts = readdirSync(folder.path, { withFileTypes: true }).filter((e) => e.isDirectory())
    const read = (name: string): Manifest | undefined => {
      try {
        return JSON.parse(readFileSync(join(folder.path, name, 'capture.json'), 'utf8')) as Manifest
      } catch {
        return undefined
      }
    }
    if (parts.length === 0) m.notes.push('Nothing was run: the build failed, or there are no tests.')
    const single = parts.length === 1
    for (const { name } of parts) {
      const inner = read(name)
      const at = (file: string): string => (single ? file : `${name}/${file}`)
      m.files.push(...(inner?.files ?? []).map((f) => ({ ...f, file: at(f.file) })))
      m.failed.push(...(inner?.failed ?? []).map((f) => ({ ...f, file: at(f.file) })))
      m.left.push(...(inner?.left ?? []).map((f) => ({ ...f, file: at(f.file) })))
      m.notes.push(...(inner?.notes ?? []))
      if (!single) continue
      const from = join(folder.path, name)
      for (const file of readdirSync(from))
        if (file !== 'capture.json') renameSync(join(from, file), join(folder.path, file))
      rmSync(from, { recursive: true })
    }
    if (!single && parts.length > 0)
      m.parts = parts.map(({ name }) => ({ folder: name, target: read(name)?.target ?? name }))
  }

  private async program(argv: readonly string[]): Promise<void> {
    const { folder, options: o, manifest: m } = this
    const [command = '', ...args] = argv
    const isTest = this.kind === 'test binary'
    const godebug = withGodebug(process.env.GODEBUG, o.godebug)
    const env = { ...process.env, ...(godebug.value !== '' && { GODEBUG: godebug.value }) }
    // The program writes there; what it has not written to the end is not taken over.
    const parts = mkdtempSync(join(folder.path, '.parts-'))
    const given = isTest
      ? withProfiles(
          args,
          (file) => join(resolve(parts), file),
          (p) => !o.skip.has(p.topic),
        )
      : args
    const started = new Date().toISOString()
    const start = performance.now()
    const logs = new Logs(folder, godebug.added)
    try {
      m.exitStatus = await this.spawn([command, ...given], env, ['inherit', 'inherit', 'pipe'], (child) =>
        child.stderr?.on('data', (chunk: Uint8Array) => logs.push(chunk)),
      )
    } finally {
      logs.end()
      if (isTest) this.takeProfiles(args, parts, started, start)
      rmSync(parts, { recursive: true, force: true })
    }
    for (const { file, bytes, problem } of logs.keep()) {
      if (problem === undefined) this.add(file, 'lines of the runtime', started, start, bytes)
      else m.failed.push({ file, why: problem, at: new Date().toISOString() })
    }
    if (m.exitStatus !== 0 && CRASH.test(logs.tail.toString('latin1'))) {
      const bytes = folder.put('crash.txt', logs.tail)
      this.add('crash.txt', 'the end of standard error', started, start, bytes)
    }
  }

  private takeProfiles(args: readonly string[], parts: string, started: string, start: number): void {
    const { folder, options: o, manifest: m } = this
    for (const p of TEST_PROFILES) {
      const own = flagValue(args, p.flag)
      if (own === undefined && o.skip.has(p.topic)) continue
      const from = own === undefined ? join(parts, p.file) : resolve(flagValue(args, 'outputdir') ?? '', own)
      const size = statSync(from, { throwIfNoEntry: false })?.size ?? 0
      if (size === 0) {
        if (m.exitStatus !== undefined)
          m.failed.push({
            file: p.file,
            why: 'the program has not written it to the end',
            at: new Date().toISOString(),
          })
        continue
      }
      if (own === undefined) renameSync(from, join(folder.path, p.file))
      else copyFileSync(from, join(folder.path, p.file))
      this.add(p.file, p.what, started, start, size)
    }
  }

  /** Runs it; returns its exit status, of one that a signal ended 128 and its number, as shells do. */
  private spawn(
    argv: readonly string[],
    env: NodeJS.ProcessEnv,
    stdio: StdioOptions,
    attach: (child: ChildProcess) => void,
  ): Promise<number> {
    const [command = '', ...args] = argv
    return new Promise((done, reject) => {
      const child = spawn(command, args, { env, stdio })
      const release = forwardSignals(child)
      attach(child)
      child.on('error', (e: NodeJS.ErrnoException) => {
        release()
        const why =
          e.code === 'ENOENT'
            ? existsSync(command)
              ? 'it, or what it needs to run, is not there'
              : 'no such command'
            : e.code === 'EACCES'
              ? 'it may not be executed'
              : e.message
        reject(new UserError(`${command}: ${why}`))
      })
      // Not 'exit': output may still be on its way.
      child.on('close', (code, signal) => {
        release()
        done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      })
    })
  }

  private add(file: string, what: string, started: string, start: number, bytes: number): void {
    const seconds = Math.round(performance.now() - start) / 1000
    this.manifest.files.push({ file, what, from: this.manifest.target, started, seconds, bytes })
  }

  private save(): void {
    this.manifest.ended = new Date().toISOString()
    this.folder.put('capture.json', manifestText(this.manifest))
  }
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Signals that we get go to the program, and do not end us: there is still something to collect. A terminal sends
 * Ctrl-C and Ctrl-\ to the program itself, and twice would be once too often.
 */
function forwardSignals(child: ChildProcess): () => void {
  const fromTerminal = process.stdin.isTTY === true
  const take = (signal: NodeJS.Signals): void => {
    if (fromTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
    child.kill(signal)
  }
  for (const s of FORWARDED) process.on(s, take)
  return () => {
    for (const s of FORWARDED) process.off(s, take)
  }
}

/** Standard error of a program: passed on, without the lines that only we have asked for; these go to files. */
class Logs {
  private readonly lines: RuntimeLines
  private readonly folder: CaptureFolder
  private readonly files = new Map<RuntimeLineKind, ReturnType<CaptureFolder['begin']>>()
  private readonly problems = new Map<RuntimeLineKind, string>()
  private kept: Uint8Array[] = []
  private keptBytes = 0

  constructor(folder: CaptureFolder, ours: readonly string[]) {
    this.folder = folder
    const hidden = new Set(ours.map((name) => LINES_OF[name]))
    this.lines = new RuntimeLines({
      own: (bytes) => this.own(bytes),
      runtime: (kind, line) => {
        this.write(kind, line)
        if (!hidden.has(kind)) writeAll(2, line)
      },
    })
  }

  push(chunk: Uint8Array): void {
    this.lines.push(chunk)
  }

  end(): void {
    this.lines.end()
  }

  /** The last bytes of the program's own. */
  get tail(): Buffer {
    return Buffer.concat(this.kept).subarray(-KEPT_BYTES)
  }

  /** Puts the files in their places. */
  keep(): { readonly file: string; readonly bytes: number; readonly problem: string | undefined }[] {
    return [...this.files].map(([kind, file]) => {
      const problem = this.problems.get(kind)
      if (problem === undefined) file.keep()
      else file.drop()
      return { file: LOGS[kind], bytes: file.bytes, problem }
    })
  }

  private own(bytes: Uint8Array): void {
    writeAll(2, bytes)
    this.kept.push(bytes.slice())
    this.keptBytes += bytes.length
    if (this.keptBytes < 2 * KEPT_BYTES) return
    this.kept = [this.tail]
    this.keptBytes = KEPT_BYTES
  }

  /** A full disk must not end the program: its lines are lost, and that is said. */
  private write(kind: RuntimeLineKind, line: Uint8Array): void {
    if (this.problems.has(kind)) return
    try {
      let file = this.files.get(kind)
      if (file === undefined) {
        file = this.folder.begin(LOGS[kind])
        this.files.set(kind, file)
      }
      file.write(line)
    } catch (e) {
      this.problems.set(kind, (e as Error).message)
    }
  }
}
