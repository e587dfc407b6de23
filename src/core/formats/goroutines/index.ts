import type { ProfileFormat } from '../format.ts'
import { sniffGoroutines } from './sniff.ts'

export const goroutines: ProfileFormat = {
  id: 'goroutines',
  title: 'Goroutine dump or crash report',
  produces: 'profile',
  extensions: [],
  sniff: (head) => sniffGoroutines(head),
  load: async () => (await import('./codec.ts')).codec,
}
