// What views offer for copying and saving: pictures, tables, texts. The share menu lists it.

import { signal } from '@preact/signals'
import { useContext, useEffect, useRef } from 'preact/hooks'
import { PanelOf } from './keys.ts'

export interface Shareable {
  readonly id: string
  /** `Flame graph as SVG`. */
  readonly title: string
  /** Proposed name of the file, without folders. */
  readonly fileName: string
  /** Makes it: a text or picture with its type. */
  readonly make: () => Blob | Promise<Blob>
}

interface Provider {
  list: () => readonly Shareable[]
  readonly beside: boolean
}

const providers = signal<readonly Provider[]>([])

/** What the views that are seen offer, the main one's first. */
export function shareables(): Shareable[] {
  return [...providers.value].sort((a, b) => Number(a.beside) - Number(b.beside)).flatMap((p) => p.list())
}

/** What a view offers while it is there. */
export function useShareables(list: () => readonly Shareable[]): void {
  const beside = useContext(PanelOf) === 'beside'
  const provider = useRef<Provider>({ list, beside })
  provider.current.list = list
  useEffect(() => {
    const own = provider.current
    providers.value = [...providers.peek(), own]
    return () => {
      providers.value = providers.peek().filter((p) => p !== own)
    }
  }, [])
}
