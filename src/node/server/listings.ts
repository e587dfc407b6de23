// Source, instructions and names for the page: what needs the files of this machine. A request names one of the
// sources that are served and a function; which files are read is said by the profile alone, as for
// `goscope pprof -list`, and by nothing in the request.

import { namelessMappings } from '../../core/analysis/mappings.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { baseName } from '../../core/base/go-path.ts'
import { buildListing } from '../../core/engine/workbench/build-listing.ts'
import type { Listing } from '../../core/engine/workbench/listing.ts'
import {
  mergedProfile,
  type ProfileQuery,
  preparedReport,
} from '../../core/engine/workbench/profile-query.ts'
import { TRANSFORM_OPS, type Transform } from '../../core/engine/workbench/transforms.ts'
import { Workbench } from '../../core/engine/workbench/workbench.ts'
import { encodeProfile } from '../../core/formats/pprof/encode.ts'
import type { Profile } from '../../core/model/profile.ts'
import type { Config } from '../../core/reports/config.ts'
import { REPORTS } from '../../core/reports/index.ts'
import { openBinaries } from '../binaries.ts'
import type { BinaryFiles } from '../binary-file.ts'
import { openReportFiles } from '../report-files.ts'

/** A profile of a source, with the names that this machine has for it. */
export interface NamedProfile {
  readonly profile: Profile
  /** As it is in the source, if names were added. */
  readonly bare?: Profile
  /** Why names are missing. */
  readonly remarks: readonly string[]
}

export interface ListingSources {
  /** The profile of an origin (see WorkbenchFile); undefined if nothing of that kind is served. Rejects with DecodeError or UserError. */
  open(origin: string): Promise<NamedProfile> | undefined
  readonly binaries?: () => Promise<BinaryFiles>
  /** What the command line said. */
  readonly settings?: Partial<Config>
}

/** What the page is told of the names of a profile. */
export interface FoundNames {
  /** Executables that gave names. */
  readonly from: readonly string[]
  /** Executables that were looked for in vain, and other reasons. */
  readonly missing: readonly string[]
  /** The profile with names, profile.proto in base64; absent if nothing was found. */
  readonly profile?: string
}

/** As a request has it: origins in place of ids. */
type AskedQuery = Pick<ProfileQuery, 'options' | 'transforms'> & {
  readonly of: readonly string[]
  readonly base: readonly string[]
}

const MOST_ORIGINS = 1000
const MOST_TRANSFORMS = 200

export class Listings {
  private readonly sources: ListingSources
  private readonly bench = new Workbench()
  private readonly ids = new Map<string, Promise<{ id: number; named: NamedProfile }>>()
  private readonly binaries: () => Promise<BinaryFiles>

  constructor(sources: ListingSources) {
    this.sources = sources
    this.binaries = sources.binaries ?? openBinaries()
  }

  /** `query` (JSON), `fn`, `code` of a form. Rejects with UserError or DecodeError. */
  async listing(form: URLSearchParams): Promise<Listing> {
    const fn = form.get('fn') ?? ''
    if (fn === '') throw new UserError('which function?')
    const asked = parseQuery(form.get('query') ?? '')
    const query: ProfileQuery = {
      of: await this.idsOf(asked.of),
      base: await this.idsOf(asked.base),
      ...(asked.options && { options: asked.options }),
      ...(asked.transforms && { transforms: asked.transforms }),
      ...(this.sources.settings && { settings: this.sources.settings }),
    }
    const merged = await mergedProfile(this.bench, query)
    const binaries = await this.binaries()
    return buildListing(
      async (name, symbol) => {
        const files = await openReportFiles(REPORTS[name], merged, binaries, { goOnPath: true })
        return preparedReport(this.bench, query, name, {}, symbol, files)
      },
      { fn, code: form.get('code') === '1' },
    )
  }

  /** Names for the profile of the form's `of`. Rejects with UserError or DecodeError. */
  async names(form: URLSearchParams): Promise<FoundNames> {
    const { named } = await this.open(form.get('of') ?? '')
    const { profile, bare, remarks } = named
    const fileOf = (m: number): string => baseName(profile.strings.get(profile.mappings.file[m]!))
    const without = new Set(namelessMappings(profile))
    const missing = [...without].map(fileOf).filter((f) => f !== '')
    if (bare === undefined) return { from: [], missing: [...missing, ...remarks] }
    const from = namelessMappings(bare)
      .filter((m) => !without.has(m))
      .map(fileOf)
    const bytes = Buffer.concat([...encodeProfile(profile)])
    return { from, missing: [...missing, ...remarks], profile: bytes.toString('base64') }
  }

  private async idsOf(origins: readonly string[]): Promise<number[]> {
    return (await Promise.all(origins.map((o) => this.open(o)))).map((x) => x.id)
  }

  private open(origin: string): Promise<{ id: number; named: NamedProfile }> {
    let known = this.ids.get(origin)
    if (known === undefined) {
      const opened = this.sources.open(origin)
      if (opened === undefined) throw new UserError('there is no such source here')
      known = opened.then((named) => ({ id: this.bench.addProfile(origin, named.profile).id, named }))
      this.ids.set(origin, known)
      known.catch(() => this.ids.delete(origin))
    }
    return known
  }
}

/** Reads the query of a request. Throws UserError: whoever asks is no page of ours, or an older one. */
function parseQuery(text: string): AskedQuery {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new UserError('the query is no JSON')
  }
  if (!isRecord(json)) throw new UserError('the query is no object')
  const { of, base = [], options = {}, transforms = [] } = json
  const isOrigins = (v: unknown): v is string[] =>
    Array.isArray(v) && v.length <= MOST_ORIGINS && v.every((o) => typeof o === 'string')
  if (!isOrigins(of) || of.length === 0 || !isOrigins(base)) throw new UserError('the query names no sources')
  if (!isRecord(options) || Object.values(options).some((v) => typeof v !== 'string'))
    throw new UserError('the query has wrong options')
  if (!Array.isArray(transforms) || transforms.length > MOST_TRANSFORMS || !transforms.every(isTransform))
    throw new UserError('the query has wrong transforms')
  return { of, base, options: options as Record<string, string>, transforms }
}

const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

const isTransform = (v: unknown): v is Transform =>
  isRecord(v) && typeof v.name === 'string' && TRANSFORM_OPS.some((op) => op === v.op)

/** The message for a request that cannot be met; undefined for defects. */
export function explained(e: unknown): string | undefined {
  return e instanceof UserError || e instanceof DecodeError ? e.message : undefined
}
