import type { BinaryFiles } from './binary-file.ts'

/** The executables of a run, each opened once. What reads them is large, and loads when somebody asks. */
export type Binaries = () => Promise<BinaryFiles>

export function openBinaries(): Binaries {
  let files: Promise<BinaryFiles> | undefined
  return () => {
    files ??= import('./binary-file.ts').then((m) => new m.BinaryFiles())
    return files
  }
}
