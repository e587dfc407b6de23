import { existsSync } from 'node:fs'
import { nearest } from '../../../core/base/nearest.ts'
import type { Commands } from './registry.ts'

/** What to say about a first argument that is no command. */
export function unknownCommand(name: string, all: Commands): string {
  if (name === '-' || existsSync(name))
    return `goscope: ${name} is no command but a source; goscope top ${name} shows where its time or memory goes`
  const near = nearest(name, Object.keys(all), 2)
  const hint = near.length === 0 ? 'goscope help lists the commands' : `did you mean ${near.join(' or ')}?`
  return `goscope: unknown command: ${name}; ${hint}`
}
