// What the page asks its server for: listings, names, saved configs. Pages without a server have none of them.

import type { Listing, ListingBook, ListingWish } from '../core/engine/workbench/listing.ts'
import type { ProfileQuery } from '../core/engine/workbench/profile-query.ts'
import type { FileEntry } from '../core/engine/workbench/questions/files.ts'
import { readBoot } from './boot.ts'
import { embeddedBytes } from './open-worker.ts'
import { AskError, ask, post, refresh, request } from './session.ts'

/** A config that was saved under a name, and the parameters of the address that give it. */
export interface SavedConfig {
  readonly name: string
  readonly params: URLSearchParams
}

const boot = readBoot()

/** Whether there is a server behind the page. */
export const hasServer = boot.mode === 'served'

/** Rejects with AskError. */
export async function listConfigs(): Promise<SavedConfig[]> {
  const list: { name: string; query: string }[] = await (await request('configs')).json()
  return list.map(({ name, query }) => ({ name, params: new URLSearchParams(query) }))
}

/** Saves the options in the parameters under a name, instead of what was there. Rejects with AskError. */
export async function saveConfig(name: string, params: Iterable<[string, string]>): Promise<void> {
  await post('saveconfig', { ...Object.fromEntries(params), config: name })
}

/** Rejects with AskError. */
export async function deleteConfig(name: string): Promise<void> {
  await post('deleteconfig', { config: name })
}

/** Where the server has the whole profile for download, on pprof's addresses; undefined elsewhere. */
export const downloadUrl: string | undefined =
  boot.addresses === 'pprof' && hasServer ? 'download' : undefined

/** Why there can be no listing; undefined if it can be asked for. */
export function noListing(query: ProfileQuery, files: readonly FileEntry[]): string | undefined {
  if (boot.listings !== undefined) return undefined
  if (!hasServer)
    return 'This page has no server that could read source files; goscope export --source puts them in.'
  const without = [...query.of, ...(query.base ?? [])].find((id) => (files[id]?.origin ?? '') === '')
  return without === undefined
    ? undefined
    : `${files[without]?.name ?? 'The profile'} is in this page only, so goscope does not know its program.`
}

const brought: { book?: Promise<ListingBook> } = {}

/** The listing of a function, from the server or from the page itself. Rejects with AskError. */
export async function askListing(
  query: ProfileQuery,
  files: readonly FileEntry[],
  { fn, code }: ListingWish,
): Promise<Listing> {
  if (boot.listings !== undefined) {
    brought.book ??= unpackBook(boot.listings)
    const book = await brought.book
    const known = Object.hasOwn(book, fn) ? book[fn] : undefined
    if (known === undefined)
      throw new AskError('the source of this function was not put into the page', false)
    return known
  }
  const origins = (ids: readonly number[]): string[] => ids.map((id) => files[id]?.origin ?? '')
  const { of, base = [], options = {}, transforms = [] } = query
  const asked = { of: origins(of), base: origins(base), options, transforms }
  const answer = await post('listing', { query: JSON.stringify(asked), fn, code: code ? '1' : '0' })
  return answer.json()
}

async function unpackBook(element: string): Promise<ListingBook> {
  const packed = new Blob([embeddedBytes(element) as BlobPart])
  return new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).json()
}

/** What was found out about the names of a profile. */
export interface NamesFound {
  readonly id: number
  /** Executables that gave names, and what is missing. */
  readonly from: readonly string[]
  readonly missing: readonly string[]
}

/** Asks the server for the names of a profile that has none, and puts them in. Rejects with AskError. */
export async function findNames(file: FileEntry): Promise<NamesFound> {
  const { from, missing, profile } = (await (await post('names', { of: file.origin })).json()) as {
    from: string[]
    missing: string[]
    profile?: string
  }
  if (profile !== undefined) {
    await ask('profile-names', { id: file.id, bytes: Uint8Array.from(atob(profile), (c) => c.charCodeAt(0)) })
    refresh()
  }
  return { id: file.id, from, missing }
}
