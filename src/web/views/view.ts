// What a view is.

import type { ComponentType } from 'preact'
import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'

export interface ViewProps {
  /** Which of the panels it stands in. */
  readonly panel: 'main' | 'beside'
}

/** What a view's file exports. */
export interface ViewModule {
  readonly View: ComponentType<ViewProps>
  /** What it tells of what is selected, where that is no function. */
  readonly Details?: ComponentType
}

export interface ViewEntry {
  readonly id: string
  readonly title: string
  readonly group: 'findings' | 'profile' | 'trace' | 'runtime'
  /** Whether the files have something for it: else it is no tab, only in the palette, and explains itself. */
  readonly needs: (files: readonly FileEntry[]) => boolean
  /** What it would show, and the command that gets it: for its empty state. */
  readonly empty?: { readonly what: string; readonly command: string }
  readonly load: () => Promise<ViewModule>
}

/** Whether there is a file of one of the kinds. */
export const hasKind =
  (...kinds: readonly string[]) =>
  (files: readonly FileEntry[]): boolean =>
    files.some((f) => kinds.includes(f.kind))
