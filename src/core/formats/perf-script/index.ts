import type { ProfileFormat } from '../format.ts'
import { sniffPerfScript } from './sniff.ts'

export const perfScript: ProfileFormat = {
  id: 'perf-script',
  title: 'Text of perf script',
  produces: 'profile',
  extensions: ['.perf', '.perf-script.txt'],
  sniff: (head) => sniffPerfScript(head),
  load: async () => ({ decode: (await import('./decode.ts')).decodePerfScript }),
}
