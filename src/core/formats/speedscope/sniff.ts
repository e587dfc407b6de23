import { headLines } from '../folded/text-input.ts'

/** How much a head looks like a speedscope file. `named` is whether the file's name says so. */
export function sniffSpeedscope(head: Uint8Array, named: boolean): number {
  const text = headLines(head)
  if (text === null) return 0
  const json = text.lines.join('\n')
  if (!/^\s*\{\s*"/.test(json)) return 0
  if (/"\$schema"\s*:\s*"https?:\/\/(?:www\.)?speedscope\.app\/file-format-schema\.json"/.test(json)) return 1
  // Members come in any order, so the schema may lie at the end of the file.
  if (/"exporter"\s*:\s*"(?:speedscope|goscope)@/.test(json)) return 0.9
  if (/"shared"\s*:\s*\{\s*"frames"\s*:\s*\[/.test(json)) return 0.9
  if (/"profiles"\s*:\s*\[\s*\{[^[{]*"type"\s*:\s*"(?:sampled|evented)"/.test(json)) return 0.8
  return named ? 0.3 : 0
}
