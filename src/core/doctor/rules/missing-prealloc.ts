import { allocationOf } from './alloc-hot-loop.ts'
import { hotKindRule } from './hot-kind.ts'

export const missingPrealloc = hotKindRule({
  id: 'missing-prealloc',
  title: 'Slices and maps grow from nothing to a known size',
  docs: 'append beyond a slice’s capacity allocates a larger array and copies; a map that outgrows its table moves every entry. Each happens a logarithmic number of times, so it shows only where growing is most of what is done with them. Where objects of other kinds take more time to allocate, those are the finding.',
  reference: 'https://go.dev/blog/slices',
  what: 'grows slices and maps',
  kinds: ['growSlice', 'growMap'],
  without: ['regexpCompile', 'format', 'encode', 'templateParse'],
  cpu: 0.15,
  critical: 0.5,
  minor: (capture) => {
    const { growing, other } = allocationOf(capture)
    return other > growing
  },
  explains: { sameCulprit: ['alloc-hot-loop'], always: ['gc-churn-small-heap'] },
  why: 'Growing copies what is already there, and leaves the old array or table to the collector; made with its final size, a slice or map is allocated once.',
  remedy: [
    'make([]T, 0, n) and make(map[K]V, n) where n is known, or a fair guess',
    'keep the slice for the next round: s = s[:0]; clear(m) keeps a map’s table',
  ],
  verify:
    'runtime.growslice and the growing of maps are gone from the CPU profile, and allocated bytes about halve',
})
