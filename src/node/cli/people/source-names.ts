/** Sources as they may be shown: addresses without their secrets. What tells addresses apart loads only for names that could hold one. */
export async function sourceNames(sources: readonly string[]): Promise<string[]> {
  if (!sources.some((s) => /[@?]/.test(s))) return [...sources]
  const { redacted } = await import('../../source-url.ts')
  return sources.map(redacted)
}
