import { hasExtension, type ProfileFormat } from '../format.ts'
import { sniffFolded } from './sniff.ts'

const EXTENSIONS = ['.folded', '.collapsed', '.stacks'] as const

export const folded: ProfileFormat = {
  id: 'folded',
  title: 'Folded stacks',
  produces: 'profile',
  extensions: EXTENSIONS,
  sniff: (head, name) => sniffFolded(head, hasExtension(name, EXTENSIONS)),
  load: async () => (await import('./codec.ts')).codec,
}
