// Names for addresses from the servers that the profiles came from.

import {
  addSymbolz,
  joinOrigins,
  type MappingOrigins,
  nameMappings,
  parseSymbolz,
  planSymbolz,
  type SymbolzAnswer,
  symbolzPath,
} from '../core/analysis/symbolz.ts'
import { DecodeError, UserError } from '../core/base/errors.ts'
import type { Profile } from '../core/model/profile.ts'
import { askSymbols, type FetchOptions } from './fetch.ts'
import { mappingName, type RemoteSource, withPath } from './source-url.ts'

/** The mappings of one fetched profile, and the server that knows about them. */
export type FetchedMappings = MappingOrigins<RemoteSource>

/** Prepares a fetched profile for being merged and symbolized. */
export function nameAfterServer(
  p: Profile,
  server: RemoteSource,
): { readonly profile: Profile; readonly fetched: FetchedMappings } {
  const { profile, origins } = nameMappings(p, server, mappingName(server))
  return { profile, fetched: origins }
}

/** Asks the servers for the names that the profile lacks (`force`: for all mappings). Throws UserError. */
export async function symbolizeRemotely(
  p: Profile,
  fetched: readonly FetchedMappings[],
  force: boolean,
  o: FetchOptions,
): Promise<Profile> {
  const answers: SymbolzAnswer[] = []
  for (const { mapping, server, offset, body } of planSymbolz(p, joinOrigins(fetched), force)) {
    // Nothing to ask also is an answer: the mapping counts as named.
    const names = body === '' ? new Map() : await ask(withPath(server, symbolzPath(server.path)), body, o)
    answers.push({ mapping, offset, names })
  }
  return addSymbolz(p, answers)
}

async function ask(handler: RemoteSource, body: string, o: FetchOptions): Promise<SymbolzAnswer['names']> {
  try {
    return parseSymbolz(await askSymbols(handler, body, o))
  } catch (e) {
    if (e instanceof UserError || e instanceof DecodeError)
      throw new UserError(`http post ${handler.shown}: ${e.message} (-symbolize=local asks no server)`)
    throw e
  }
}
