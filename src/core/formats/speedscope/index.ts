import { hasExtension, type ProfileFormat } from '../format.ts'
import { sniffSpeedscope } from './sniff.ts'

const EXTENSIONS = ['.speedscope.json'] as const

export const speedscope: ProfileFormat = {
  id: 'speedscope',
  title: 'speedscope JSON',
  produces: 'profile',
  extensions: EXTENSIONS,
  sniff: (head, name) => sniffSpeedscope(head, hasExtension(name, EXTENSIONS)),
  load: async () => (await import('./codec.ts')).codec,
}
