// A defect in one part of the page must not take the rest of it from the reader.

import type { ComponentChildren } from 'preact'
import { useEffect, useErrorBoundary } from 'preact/hooks'
import { address } from '../address.ts'
import { AskError } from '../session.ts'
import { Failed } from './states.tsx'

/** Shows what is in it; or, once that threw, that it did, until the address is another one. */
export function Guard({ children }: { readonly children: ComponentChildren }) {
  const [error, again] = useErrorBoundary((e: unknown) => reportError(e))
  const at = address.value
  useEffect(() => {
    if (error !== undefined) again()
  }, [at])
  if (error === undefined) return <>{children}</>
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return <Failed error={new AskError(message, true)} />
}
