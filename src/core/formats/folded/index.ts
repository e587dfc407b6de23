import { hasExtension, type ProfileFormat } from '../format.ts'
import { decodeFolded } from './decode.ts'
import { encodeFolded } from './encode.ts'
import { sniffFolded } from './sniff.ts'

const EXTENSIONS = ['.folded', '.collapsed', '.stacks'] as const

export const folded: ProfileFormat = {
  id: 'folded',
  title: 'Folded stacks',
  produces: 'profile',
  extensions: EXTENSIONS,
  sniff: (head, name) => sniffFolded(head, hasExtension(name, EXTENSIONS)),
  decode: decodeFolded,
  encode: encodeFolded,
}
