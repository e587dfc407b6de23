import type { ProfileFormat } from '../format.ts'
import { decodePerfScript } from './decode.ts'
import { sniffPerfScript } from './sniff.ts'

export const perfScript: ProfileFormat = {
  id: 'perf-script',
  title: 'Text of perf script',
  produces: 'profile',
  extensions: ['.perf', '.perf-script.txt'],
  sniff: (head) => sniffPerfScript(head),
  decode: decodePerfScript,
}
