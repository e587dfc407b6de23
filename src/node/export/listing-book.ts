// Source and instructions of the heaviest functions, for pages that have no server.

import { sumWeights } from '../../core/analysis/graph.ts'
import { buildNodes } from '../../core/analysis/nodes.ts'
import { Origins } from '../../core/analysis/origin.ts'
import { selectSampleType } from '../../core/analysis/sample-type.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import type { Listing } from '../../core/engine/workbench/listing.ts'
import type { Profile } from '../../core/model/profile.ts'
import { Listings } from '../server/listings.ts'

/** Functions of a profile whose source is taken: the user's own before those of others. */
const MOST_OWN = 40
const MOST_OTHERS = 20

/** Listings by function, of all profiles together; those without any source are left out. */
export async function listingBook(profiles: readonly Profile[]): Promise<Record<string, Listing>> {
  const listings = new Listings({
    open: (origin) => {
      const profile = profiles[Number(origin)]
      return profile && Promise.resolve({ profile, remarks: [] })
    },
  })
  const book: Record<string, Listing> = {}
  for (const [i, profile] of profiles.entries())
    for (const fn of heaviest(profile)) {
      if (Object.hasOwn(book, fn)) continue
      try {
        const query = JSON.stringify({ of: [String(i)], base: [] })
        const listing = await listings.listing(new URLSearchParams({ query, fn, code: '1' }))
        if (listing.files.some((f) => f.texts.length > 0)) book[fn] = listing
      } catch (e) {
        // This one has none; others may.
        if (!(e instanceof UserError || e instanceof DecodeError)) throw e
      }
    }
  return book
}

/** Names of functions by their total, the user's own first. */
function heaviest(p: Profile): string[] {
  if (p.samples.count === 0 || p.sampleTypes.length === 0) return []
  const nodes = buildNodes(p, { objectFiles: false })
  const { cum } = sumWeights({ profile: p, nodes, value: selectSampleType(p, '') })
  const total = new Map<string, number>()
  for (let row = 0; row < nodes.table.count; row++) {
    const name = p.strings.get(nodes.table.name[row]!)
    if (name !== '') total.set(name, Math.max(total.get(name) ?? 0, Math.abs(cum.f[row]!)))
  }
  const origins = new Origins(p)
  const names = [...total.keys()].sort((a, b) => total.get(b)! - total.get(a)!)
  const own = names.filter((n) => origins.ofName(n) === 'main')
  const others = names.filter((n) => origins.ofName(n) !== 'main')
  return [...own.slice(0, MOST_OWN), ...others.slice(0, MOST_OTHERS)]
}
