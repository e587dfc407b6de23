import { basename } from 'node:path'
import type { ProfileAddress } from '../../source-url.ts'

/** Sources as they may be shown: addresses without their secrets. What tells addresses apart loads only for names that could hold one. */
export async function sourceNames(sources: readonly string[]): Promise<string[]> {
  if (!sources.some((s) => /[@?]/.test(s))) return [...sources]
  const { redacted } = await import('../../source-url.ts')
  return sources.map(redacted)
}

/** A source for short: a file without its path, a server by its host or socket. */
export function shortName(source: string, address: ProfileAddress | undefined): string {
  if (source === '-') return 'standard input'
  return address === undefined ? basename(source) : (address.socketPath ?? address.hostHeader)
}
