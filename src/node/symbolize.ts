// The step from addresses to names: what -symbolize asks for, in the reference's order (google/pprof
// internal/symbolizer Symbolize).

import { type DemangleMode, demangleFunctions, needsDemangler } from '../core/analysis/demangle.ts'
import { mappingsToSymbolize } from '../core/analysis/mappings.ts'
import type { Profile } from '../core/model/profile.ts'
import type { Binaries } from './binaries.ts'
import { loadDemangler } from './demangler.ts'

/** What -symbolize asks for. */
export interface SymbolizeMode {
  readonly local: boolean
  readonly remote: boolean
  /** Symbolize also what has names already. */
  readonly force: boolean
  readonly demangle: DemangleMode
}

/** Understands -symbolize (parts joined by ':'); undefined if nothing is to be done. */
export function parseSymbolizeMode(text: string, warn: (text: string) => void): SymbolizeMode | undefined {
  let local = true
  let remote = true
  let force = false
  let demangle: DemangleMode = ''
  for (const part of text.toLowerCase().split(':')) {
    switch (part) {
      case '':
      case 'default':
      case 'demangle=default':
        break
      case 'none':
      case 'no':
        return undefined
      case 'local':
      // The faster way of the reference has fewer inlined frames; here there is only one way.
      case 'fastlocal':
        local = true
        remote = false
        break
      case 'remote':
        local = false
        remote = true
        break
      case 'force':
        force = true
        break
      case 'full':
      case 'templates':
      case 'demangle=full':
      case 'demangle=none':
      case 'demangle=templates':
        demangle = part.replace('demangle=', '') as DemangleMode
        force = true
        break
      default:
        warn(`ignoring unrecognized symbolization option: ${text}`)
        warn(
          'expecting -symbolize=[local|fastlocal|remote|none][:force][:demangle=[none|full|templates|default]',
        )
    }
  }
  return { local, remote, force, demangle }
}

export interface SymbolizeOptions {
  /** Value of -symbolize. */
  readonly mode: string
  readonly binaries: Binaries
  readonly warn: (text: string) => void
  /** Asks the servers that the profile came from; absent if it came from none. */
  readonly remote?: (p: Profile, force: boolean) => Promise<Profile>
}

/** Symbolizes and demangles as `mode` says. What fails is reported; throws only what `remote` throws. */
export async function symbolizeProfile(p: Profile, o: SymbolizeOptions): Promise<Profile> {
  const mode = parseSymbolizeMode(o.mode, o.warn)
  if (mode === undefined) return p
  let out = p
  if (mode.local) {
    const unnamed = mappingsToSymbolize(p, mode.force)
    if (unnamed.length > 0) out = await symbolizeFromFiles(p, unnamed, o)
  }
  if (mode.remote && o.remote !== undefined) out = await o.remote(out, mode.force)
  return demangleFunctions(
    out,
    mode.demangle,
    mode.force,
    needsDemangler(out) ? await loadDemangler() : undefined,
  )
}

async function symbolizeFromFiles(
  p: Profile,
  mappings: readonly number[],
  { binaries, warn }: SymbolizeOptions,
): Promise<Profile> {
  const [{ goToolLookup, symbolizeLocally }, files] = await Promise.all([
    import('../core/analysis/symbolize.ts'),
    binaries(),
  ])
  await files.makeReady(mappings.map((m) => p.strings.get(p.mappings.file[m]!)))
  return symbolizeLocally(p, mappings, {
    open: (file, start) => goToolLookup(files.open(file), start),
    warn,
  })
}
