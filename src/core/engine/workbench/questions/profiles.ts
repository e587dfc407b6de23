// Which profiles there are, and what each can show.

import { namelessMappings } from '../../../analysis/mappings.ts'
import { DecodeError } from '../../../base/errors.ts'
import type { ProfileKind } from '../../../doctor/capture-parts.ts'
import { profileKind } from '../../../doctor/profile-kind.ts'
import type { ValueType } from '../../../model/profile.ts'
import type { Workbench } from '../workbench.ts'

export interface ProfileEntry {
  readonly id: number
  readonly name: string
  readonly made: boolean
  readonly kind: ProfileKind
  readonly sampleTypes: readonly ValueType[]
  readonly defaultSampleType: string
  readonly samples: number
  /** ns since 1970, 0 if unknown; ns covered, 0 if unknown. */
  readonly timeNanos: number
  readonly durationNanos: number
  /** The main binary's file, '' if unknown. */
  readonly program: string
  readonly problems: readonly string[]
  /** Executables whose addresses have no names yet. */
  readonly unnamed: readonly string[]
}

export interface Profiles {
  readonly profiles: readonly ProfileEntry[]
  /** Files that look like profiles and are none, or are damaged. */
  readonly failed: readonly { readonly id: number; readonly name: string; readonly message: string }[]
}

/** One file must not take the others from the reader, not even by a defect. */
function whyNot(e: unknown): string {
  if (e instanceof DecodeError) return `${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`
  return `this is a defect of goscope, please report it: ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`
}

/** Decodes every profile of the workbench. */
export async function answer(w: Workbench, _params: Record<string, never>): Promise<Profiles> {
  const profiles: ProfileEntry[] = []
  const failed: { id: number; name: string; message: string }[] = []
  for (const { id, name, kind, made } of w.files) {
    if (kind !== 'profile') continue
    try {
      const { profile: p, problems } = await w.profile(id)
      profiles.push({
        id,
        name,
        made: made === true,
        kind: profileKind(p),
        sampleTypes: p.sampleTypes,
        defaultSampleType: p.defaultSampleType,
        samples: p.samples.count,
        timeNanos: Number(p.timeNanos),
        durationNanos: Number(p.durationNanos),
        program: p.mappings.count > 0 ? p.strings.get(p.mappings.file[1]) : '',
        problems: problems.map((x) => x.message),
        unnamed: namelessMappings(p).map((m) => p.strings.get(p.mappings.file[m])),
      })
    } catch (e) {
      failed.push({ id, name, message: whyNot(e) })
    }
  }
  return { profiles, failed }
}
