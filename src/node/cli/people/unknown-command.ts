import { nearest } from '../../../core/base/nearest.ts'
import type { Commands } from './registry.ts'

/** What to say about a first argument that is neither a command nor a source. */
export function unknownCommand(name: string, all: Commands): string {
  const near = nearest(name, Object.keys(all), 2)
  const hint = near.length === 0 ? 'goscope help lists the commands' : `did you mean ${near.join(' or ')}?`
  return `goscope: unknown command: ${name}; ${hint}`
}
