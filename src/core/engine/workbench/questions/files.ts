import type { FileKind } from '../../capture/file-kind.ts'
import type { Workbench } from '../workbench.ts'

export interface FileEntry {
  readonly id: number
  readonly name: string
  readonly kind: FileKind
  readonly storedBytes: number
  readonly bytes: number
  /** Whether it was made from another file here. */
  readonly made: boolean
}

/** The files of the workbench, in order. */
export function answer(w: Workbench, _params: Record<string, never>): FileEntry[] {
  return w.files.map(({ id, name, kind, storedBytes, bytes, made }) => ({
    id,
    name,
    kind,
    storedBytes,
    bytes: bytes.length,
    made: made === true,
  }))
}
