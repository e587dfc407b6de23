import type { FileKind } from '../../capture/file-kind.ts'
import { type RuntimeHint, runtimeHints } from '../runtime-hints.ts'
import type { Workbench } from '../workbench.ts'

export interface FileEntry {
  readonly id: number
  readonly name: string
  readonly kind: FileKind
  readonly storedBytes: number
  readonly bytes: number
  /** What of the runtime's own it seems to hold. */
  readonly holds: readonly RuntimeHint[]
  /** Whether it was made from another file here. */
  readonly made: boolean
  /** Which of the local server's sources it is; '' if it is none. */
  readonly origin: string
}

/** The files of the workbench, in order. */
export function answer(w: Workbench, _params: Record<string, never>): FileEntry[] {
  return w.files.map((file) => ({
    id: file.id,
    name: file.name,
    kind: file.kind,
    storedBytes: file.storedBytes,
    bytes: file.bytes.length,
    holds: runtimeHints(file),
    made: file.made === true,
    origin: file.origin ?? '',
  }))
}
