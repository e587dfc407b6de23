// Options kept under a name: by the server, in the file that pprof keeps them in, or by the browser where there is none.

import { signal } from '@preact/signals'
import { deleteConfig, hasServer, listConfigs, saveConfig } from '../server-api.ts'
import { AskError } from '../session.ts'

export interface NamedConfig {
  readonly name: string
  /** By their keys in addresses. */
  readonly options: Readonly<Record<string, string>>
}

/** undefined until they were asked for. */
export const savedConfigs = signal<readonly NamedConfig[] | undefined>(undefined)
/** Why they could not be read, '' if they could. */
export const configsError = signal('')

const STORE = 'goscope-configs'

function kept(): NamedConfig[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(STORE) ?? '[]')
    return Array.isArray(list) ? list.flatMap(asConfig) : []
  } catch {
    return []
  }
}

function asConfig(entry: unknown): NamedConfig[] {
  if (typeof entry !== 'object' || entry === null) return []
  const { name, options } = entry as Record<string, unknown>
  if (typeof name !== 'string' || typeof options !== 'object' || options === null) return []
  const texts = Object.entries(options).filter((e): e is [string, string] => typeof e[1] === 'string')
  return [{ name, options: Object.fromEntries(texts) }]
}

function keep(list: readonly NamedConfig[]): void {
  try {
    localStorage.setItem(STORE, JSON.stringify(list))
  } catch {
    throw new AskError('the browser keeps nothing for this page', false)
  }
}

/** Reads them again. Never rejects: what is wrong is in `configsError`. */
export async function loadConfigs(): Promise<void> {
  try {
    savedConfigs.value = hasServer
      ? (await listConfigs()).map(({ name, params }) => ({ name, options: Object.fromEntries(params) }))
      : kept()
    configsError.value = ''
  } catch (e) {
    savedConfigs.value = []
    configsError.value = e instanceof Error ? e.message : String(e)
  }
}

/** Keeps the options under a name, instead of what was there. Rejects with AskError. */
export async function storeConfig({ name, options }: NamedConfig): Promise<void> {
  if (name.trim() === '') throw new AskError('a configuration needs a name', false)
  if (hasServer) await saveConfig(name, Object.entries(options))
  else keep([...kept().filter((c) => c.name !== name), { name, options }])
  await loadConfigs()
}

/** Rejects with AskError. */
export async function removeConfig(name: string): Promise<void> {
  if (hasServer) await deleteConfig(name)
  else keep(kept().filter((c) => c.name !== name))
  await loadConfigs()
}

/** Whether options say the same. */
export function sameOptions(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k])
}
