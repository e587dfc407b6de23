import { signal } from '@preact/signals'

/** Ids of files that were made here, by how they are named in addresses (see made.ts). */
export const madeIds = signal<ReadonlyMap<string, number>>(new Map())
