import type { Demangler } from '../core/analysis/demangle.ts'

/** Loads the C++ demangler (libc++abi's, compiled to JavaScript). */
export async function loadDemangler(): Promise<Demangler> {
  const { default: library } = await import('demangle')
  // The library expects the symbol as it stands in a Mach-O file, with one more underscore.
  return (mangled) => {
    try {
      return library.demangle(`_${mangled}`) ?? undefined
    } catch {
      // Compiled C++ gives up on some hostile names by aborting; they stay as they are.
      return undefined
    }
  }
}
