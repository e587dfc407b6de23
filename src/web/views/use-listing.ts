// The listing of a function for a view: asked for once, kept while the page is there.

import { useEffect, useState } from 'preact/hooks'
import type { Listing } from '../../core/engine/workbench/listing.ts'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import { askListing, noListing } from '../server-api.ts'
import { AskError, generation } from '../session.ts'
import { files } from '../state.ts'

export interface ListingState {
  readonly listing?: Listing
  /** Why there is none. */
  readonly problem?: string
  readonly pending: boolean
}

const known = new Map<string, ListingState>()
const KEPT = 40
/** The server takes forms of 64 KiB, and a character may take 9 bytes in one. */
const LONGEST = 4000

/** Follows its parameters; `wanted` false asks nothing. What has instructions will do for who wants none. */
export function useListing(
  query: ProfileQuery | undefined,
  fn: string,
  code: boolean,
  wanted = true,
): ListingState {
  const key = query === undefined || fn === '' ? '' : `${generation.value} ${JSON.stringify([query, fn])} `
  const [, redraw] = useState(0)
  const full = known.get(`${key}1`)
  const state = full ?? (code ? undefined : known.get(`${key}0`))
  const none =
    fn.length > LONGEST
      ? 'The name of this function is too long to ask for its source.'
      : query === undefined
        ? undefined
        : noListing(query, files.value ?? [])
  const asks = wanted && state === undefined && key !== '' && none === undefined
  useEffect(() => {
    if (!asks || query === undefined) return
    let gone = false
    const id = `${key}${code ? 1 : 0}`
    const settle = (s: ListingState): void => {
      known.set(id, s)
      for (const oldest of known.keys()) {
        if (known.size <= KEPT) break
        known.delete(oldest)
      }
      if (!gone) redraw((n) => n + 1)
    }
    askListing(query, files.value ?? [], { fn, code }).then(
      (listing) => settle({ listing, pending: false }),
      (e: unknown) => settle({ problem: e instanceof AskError ? e.message : String(e), pending: false }),
    )
    return () => {
      gone = true
    }
  }, [asks, key, code])
  if (none !== undefined) return { problem: none, pending: false }
  // Without instructions already there, the source stays while they come.
  return state ?? { ...known.get(`${key}0`), pending: wanted }
}
