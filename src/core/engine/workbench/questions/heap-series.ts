// Several profiles of one kind: what grows from one to the next.

import { ORIGINS, Origins } from '../../../analysis/origin.ts'
import { Capture } from '../../../doctor/capture.ts'
import { PROFILE_KINDS, type ProfileKind } from '../../../doctor/capture-parts.ts'
import { keepsGrowing, seriesOf, timesOf } from '../../../doctor/growth.ts'
import type { ValueType } from '../../../model/profile.ts'
import type { Asking } from '../question.ts'
import { knownProfiles } from '../runtime-sources.ts'
import type { Workbench } from '../workbench.ts'

export interface SeriesChoice {
  readonly kind: ProfileKind
  readonly profiles: number
  readonly types: readonly string[]
}

/** A function of the program over the profiles. */
export interface SiteRow {
  readonly name: string
  /** Index of ORIGINS, 255 if unknown. */
  readonly origin: number
  readonly weights: readonly number[]
  readonly gained: number
  /** Of the newest profile's total, 0 to 1. */
  readonly share: number
  /** Whether it keeps growing, and is not about to level out. */
  readonly grows: boolean
  /** Gained in a second, NaN if times are not known. */
  readonly perSecond: number
}

export interface SeriesAnswer {
  /** Kinds of which there are several profiles; empty if there are none, and then the rest is not here. */
  readonly choices: readonly SeriesChoice[]
  readonly data?: {
    readonly kind: ProfileKind
    readonly type: ValueType
    readonly files: readonly { readonly file: number; readonly name: string }[]
    /** Seconds since the first profile; their numbers where there are no times. */
    readonly times: readonly number[]
    readonly timed: boolean
    /** Unix ns of the first profile, 0 if unknown. */
    readonly from: number
    readonly totals: readonly number[]
    /** Most gained first. */
    readonly sites: readonly SiteRow[]
    readonly left: number
  }
}

const SITES = 1000
const LEAST = 2

export async function answer(
  w: Workbench,
  { kind, type }: { readonly kind?: string; readonly type?: string },
  x: Asking,
): Promise<SeriesAnswer> {
  const known = await knownProfiles(w, x)
  const profiles = known.map((p) => ({
    source: { name: p.file.name, kind: `profile/${p.kind}`, problems: [] },
    kind: p.kind,
    profile: p.profile,
  }))
  profiles.sort((a, b) => Number(a.profile.timeNanos) - Number(b.profile.timeNanos))
  const capture = new Capture({ sources: [], profiles, memory: [], traces: [], logs: [], benches: [] })
  const choices = PROFILE_KINDS.flatMap((k): SeriesChoice[] => {
    const series = capture.series(k)
    const types = series.at(-1)?.profile.sampleTypes.map((t) => t.type) ?? []
    return series.length >= LEAST ? [{ kind: k, profiles: series.length, types }] : []
  })
  const chosen =
    choices.find((c) => c.kind === kind) ??
    choices.find((c) => c.kind === 'heap') ??
    choices.find((c) => c.kind === 'goroutine') ??
    choices[0]
  if (chosen === undefined) return { choices }
  const wanted = chosen.types.includes(type ?? '') ? type : chosen.types.find((t) => t === 'inuse_space')
  const series = seriesOf(capture, chosen.kind, wanted, LEAST)
  if (series === undefined) return { choices }
  const newest = series.profiles[series.profiles.length - 1].profile
  const valueType = newest.sampleTypes[series.facts[series.facts.length - 1].type]
  const times = timesOf(series.profiles)
  const timed = series.seconds > 0 && times.at(-1) !== times.length - 1
  const origins = new Origins(newest)
  return {
    choices,
    data: {
      kind: chosen.kind,
      type: { type: valueType.type, unit: valueType.unit },
      files: series.profiles.map((p) => {
        const of = known.find((k) => k.profile === p.profile)
        return { file: of?.file.id ?? -1, name: p.source.name }
      }),
      times,
      timed,
      from: Number(series.profiles[0].profile.timeNanos),
      totals: series.totals,
      sites: series.grown.slice(0, SITES).map((g) => {
        const o = origins.ofName(g.name)
        return {
          ...g,
          origin: o === undefined ? 255 : ORIGINS.indexOf(o),
          grows: keepsGrowing(g.weights, times),
          perSecond: series.seconds > 0 ? g.gained / series.seconds : Number.NaN,
        }
      }),
      left: Math.max(0, series.grown.length - SITES),
    },
  }
}
