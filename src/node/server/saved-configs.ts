// Configs that the user saved under a name, in the file that `go tool pprof` keeps them in. Either tool
// reads what the other one wrote.

import { mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { CONFIG_FIELDS, type Config, type ConfigField } from '../../core/reports/config.ts'
import { writeAll, writeFileWhole } from '../output.ts'
import { systemError } from '../system-error.ts'

export interface SavedConfig {
  readonly name: string
  readonly config: Config
}

const MAX_BYTES = 1 << 20
const MAX_NAME = 200
const MAX_CONFIGS = 1000

/** Where the file lies: in Go's os.UserConfigDir. Undefined where the environment does not tell. */
export function settingsPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string | undefined {
  let folder: string | undefined
  if (platform === 'win32') folder = env.APPDATA
  else if (platform === 'darwin') folder = env.HOME && join(env.HOME, 'Library', 'Application Support')
  else if (env.XDG_CONFIG_HOME) folder = env.XDG_CONFIG_HOME.startsWith('/') ? env.XDG_CONFIG_HOME : undefined
  else folder = env.HOME && join(env.HOME, '.config')
  return folder ? join(folder, 'pprof', 'settings.json') : undefined
}

type Entry = Record<string, unknown>

const SAVED: readonly ConfigField[] = CONFIG_FIELDS.filter((f) => f.saved)

/** The file at `path`. What it does not hold (such as the sample type) comes from `base`. */
export class SavedConfigs {
  private readonly path: string | undefined
  private readonly base: Config

  constructor(path: string | undefined, base: Config) {
    this.path = path
    this.base = base
  }

  /** Throws UserError if the file cannot be read. */
  list(): SavedConfig[] {
    return this.read().map((entry) => ({ name: String(entry.name), config: this.configOf(entry) }))
  }

  /** Throws UserError. */
  save(name: string, config: Config): void {
    if (name === '' || name.length > MAX_NAME) throw new UserError('invalid config name')
    const entries = this.read()
    const entry = entryOf(name, config)
    const at = entries.findIndex((e) => e.name === name)
    if (at >= 0) entries[at] = entry
    else if (entries.length < MAX_CONFIGS) entries.push(entry)
    else throw new UserError(`there are ${MAX_CONFIGS} configs already`)
    this.write(entries)
  }

  /** Throws UserError. */
  remove(name: string): void {
    const entries = this.read()
    const at = entries.findIndex((e) => e.name === name)
    if (at < 0) throw new UserError(`config ${name} not found`)
    entries.splice(at, 1)
    this.write(entries)
  }

  private read(): Entry[] {
    if (this.path === undefined) return []
    let text: string
    try {
      const size = statSync(this.path, { throwIfNoEntry: false })?.size
      if (size === undefined) return []
      if (size > MAX_BYTES) throw new UserError(`could not read settings: ${this.path} is too large`)
      text = readFileSync(this.path, 'utf8')
    } catch (e) {
      if (e instanceof UserError) throw e
      throw new UserError(`could not read settings: ${systemError('open', this.path, e)}`)
    }
    try {
      return entriesOf(JSON.parse(text))
    } catch (e) {
      throw new UserError(`could not parse settings: ${this.path}: ${(e as Error).message}`)
    }
  }

  private configOf(entry: Entry): Config {
    const config: Record<string, unknown> = { ...this.base }
    // What is not in the file is empty, not the default: the reference leaves out zeros.
    for (const f of SAVED) config[f.key] = entry[f.name] ?? zeroOf(f)
    return config as unknown as Config
  }

  private write(entries: readonly Entry[]): void {
    if (this.path === undefined)
      throw new UserError('there is no place for settings: neither $XDG_CONFIG_HOME nor $HOME is set')
    const json = JSON.stringify({ configs: entries }, undefined, 2).replace(
      /[<>&\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
      // People keep such files elsewhere, with a link in this place.
      const there = statSync(this.path, { throwIfNoEntry: false }) !== undefined
      writeFileWhole(there ? realpathSync(this.path) : this.path, (fd) => writeAll(fd, encodeUtf8(json)))
    } catch (e) {
      throw new UserError(`failed to write settings: ${systemError('open', this.path, e)}`)
    }
  }
}

function zeroOf(f: ConfigField): string | number | boolean {
  return f.kind === 'string' ? '' : f.kind === 'boolean' ? false : 0
}

function entryOf(name: string, config: Config): Entry {
  const entry: Entry = { name }
  for (const f of SAVED) if (config[f.key] !== zeroOf(f)) entry[f.name] = config[f.key]
  return entry
}

function entriesOf(json: unknown): Entry[] {
  const isObject = (v: unknown): v is Entry => typeof v === 'object' && v !== null && !Array.isArray(v)
  if (!isObject(json)) throw new Error('it is no object')
  const configs = json.configs ?? []
  if (!Array.isArray(configs)) throw new Error('"configs" is no list')
  return configs.map((entry: unknown, i) => {
    if (!isObject(entry)) throw new Error(`config ${i + 1} is no object`)
    for (const f of SAVED) {
      const v = entry[f.name]
      const fits = v === undefined || v === null || typeof v === typeof zeroOf(f)
      if (!fits) throw new Error(`config ${i + 1} has a wrong value for "${f.name}"`)
    }
    return { ...entry, name: typeof entry.name === 'string' ? entry.name : '' }
  })
}
