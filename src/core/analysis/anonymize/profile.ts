import { mapLabelSets } from '../../model/label-sets.ts'
import type { Profile } from '../../model/profile.ts'
import { type Origin, Origins } from '../origin.ts'
import type { Pseudonyms } from './names.ts'

/** Origins whose names everybody has. */
const PUBLIC: ReadonlySet<Origin> = new Set(['std', 'runtime', 'alloc', 'gc', 'sched', 'syscall'])

/** Labels that the runtime and pprof set. */
const OWN_KEYS = /^(bytes|request|alignment|pprof::\w+)$/

/**
 * The profile without names of the user's code, modules, files, binaries, build ids, labels and comments; those of
 * the standard library stay, without the place where Go is installed. Numbers, addresses and shape stay. The old
 * texts are in no column any more; `encodeProfile` writes only what is in one.
 */
export function anonymizeProfile(p: Profile, names: Pseudonyms): Profile {
  const { functions, mappings, strings } = p
  const origins = new Origins(p)
  const text = (id: number, change: (s: string) => string): number =>
    id === 0 ? 0 : strings.intern(change(strings.get(id)))
  const isPublic = (name: string): boolean => PUBLIC.has(origins.ofName(name) ?? 'cgo')
  const file = (path: string): string => {
    const origin = origins.ofFile(path)
    if (origin === undefined || !PUBLIC.has(origin)) return names.file(path)
    const { gorootSource } = origins
    return gorootSource !== '' && path.startsWith(gorootSource) ? path.slice(gorootSource.length) : path
  }
  const name = functions.name.slice()
  const systemName = functions.systemName.slice()
  const filename = functions.filename.slice()
  for (let fn = 1; fn <= functions.count; fn++) {
    const known = isPublic(strings.get(name[fn]))
    if (!known) {
      name[fn] = text(name[fn], (s) => names.functionName(s))
      systemName[fn] = text(systemName[fn], (s) => names.functionName(s))
    }
    filename[fn] = text(filename[fn], file)
  }
  const mapped = mappings.file.map((id) => text(id, (s) => (/^\[[\w-]+\]$/.test(s) ? s : names.file(s))))
  const { sets, renumber } = mapLabelSets(p.labelSets, (b, set) => {
    const t = p.labelSets
    const key = t.key.slice()
    const str = t.str.slice()
    for (let row = t.start[set]; row < t.start[set + 1]; row++) {
      if (!OWN_KEYS.test(strings.get(key[row]))) {
        key[row] = text(key[row], (s) => names.label(s))
        str[row] = text(str[row], (s) => names.label(s))
      }
      b.addRow({ ...t, key, str }, row)
    }
  })
  return {
    ...p,
    functions: { ...functions, name, systemName, filename },
    mappings: { ...mappings, file: mapped, buildId: new Uint32Array(mappings.buildId.length) },
    labelSets: sets,
    samples: { ...p.samples, labelSet: p.samples.labelSet.map((set) => renumber[set]) },
    // Both are patterns with names in them, and were applied when the profile was read.
    dropFrames: '',
    keepFrames: '',
    comments: [],
    docUrl: '',
  }
}
