import type { StackFacts } from '../../analysis/stack-facts.ts'
import { bytesText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import type { Finding } from '../finding.ts'
import { type Growth, keepsGrowing, type Series, seriesOf, timesOf } from '../growth.ts'
import { rule } from '../rule.ts'
import { percent, shortName } from '../words.ts'

/** Some samples' worth: heap profiles sample every 512 KiB. */
const LEAST_BYTES = 2.5 * 2 ** 20

/** The growth of live memory that looks like a leak, if there is one. */
interface Leak {
  readonly series: Series
  readonly growth: Growth
  /** Mean size of the culprit's live objects, bytes; 0 if unknown. */
  readonly size: number
  /** Whether they are buffers or whole texts, not data: large, and of one size or gathered by what reads. */
  readonly buffers: boolean
}

/** What is kept in objects smaller than this is data. */
const LEAST_BUFFER = 8192

/** What gathers a text of unknown length. */
const GATHERS =
  /^(io\.(ReadAll|Copy\w*)|os\.ReadFile|bufio\.\(\*(Reader|Scanner)\)\.\w+|bytes\.\(\*Buffer\)\.\w+|strings\.\(\*Builder\)\.\w+|net\/http\.\w.*)$/

export const heapLeak = rule({
  id: 'heap-leak',
  title: 'The live heap grows without bound',
  docs: 'Three or more heap profiles, apart in time, show what is live at each moment. What one function allocated and what keeps growing from each to the next is stored somewhere and never removed. A cache that fills once and stays is not reported.',
  reference: 'https://go.dev/doc/diagnostics#profiling',
  thresholds: {
    growth: {
      value: 1.3,
      meaning: 'times by which the culprit’s live bytes grew from the first profile to the last',
    },
    share: { value: 0.25, meaning: 'share of the growth of the live heap that is the culprit’s' },
    bytes: {
      value: LEAST_BYTES,
      meaning: 'bytes gained below which sampling (512 KiB a sample) explains it',
    },
    critical: { value: 0.5, meaning: 'share of the live heap from which on it is critical' },
  },
  needs: ['profile/heap'],
  check: (capture, t) =>
    leaks(capture, t)
      ?.filter((l) => !l.buffers)
      .map((l) => leakFinding(l, t.critical)),
})

export const heapRetentionSubslice = rule({
  id: 'heap-retention-subslice',
  title: 'Small sub-slices or substrings keep large buffers alive',
  docs: 'A slice of a slice, or a part of a string, keeps the whole array alive. Seen from outside: the live heap grows, and what grows is large (8 KiB and more) and either all of one size, as buffers are, or gathered by what reads whole texts (io.ReadAll, bytes.Buffer, strings.Builder), though a program that keeps data keeps it in smaller objects of many sizes.',
  reference: 'https://go.dev/blog/slices-intro#a-possible-gotcha',
  thresholds: {
    growth: {
      value: 1.3,
      meaning: 'times by which the culprit’s live bytes grew from the first profile to the last',
    },
    share: { value: 0.25, meaning: 'share of the growth of the live heap that is the culprit’s' },
    bytes: { value: LEAST_BYTES, meaning: 'bytes gained below which sampling explains it' },
    critical: { value: 0.5, meaning: 'share of the live heap from which on it is critical' },
  },
  needs: ['profile/heap'],
  explains: { sameCulprit: ['heap-leak'] },
  check: (capture, t) =>
    leaks(capture, t)
      ?.filter((l) => l.buffers)
      .map((l) => retentionFinding(l, t.critical)),
})

interface Limits {
  readonly growth: number
  readonly share: number
  readonly bytes: number
}

/** What leaks, heaviest first, at most three; undefined without enough profiles. */
function leaks(capture: Capture, t: Limits): Leak[] | undefined {
  const series = seriesOf(capture, 'heap', 'inuse_space')
  if (series === undefined) return undefined
  const total = series.totals[series.totals.length - 1] - series.totals[0]
  const newest = series.facts[series.facts.length - 1]
  return series.grown
    .filter(
      (g) =>
        g.gained >= t.bytes &&
        g.gained >= t.share * Math.max(total, 1) &&
        g.weights[g.weights.length - 1] >= t.growth * g.weights[0] &&
        keepsGrowing(g.weights, timesOf(series.profiles)) &&
        userCode(newest, g.name),
    )
    .slice(0, 3)
    .map((growth) => {
      const { size, buffers } = sizesOf(newest, growth.name)
      return { series, growth, size, buffers: buffers && !growsMaps(capture, growth.name) }
    })
}

/** Whether the function is busy growing maps: their tables are large and of one size, too. */
function growsMaps(capture: Capture, name: string): boolean {
  const cpu = capture.cpu
  if (cpu === undefined) return false
  const of = (marks: Uint8Array): number =>
    cpu.facts.with(marks).culprits.find((c) => c.name === name)?.weight ?? 0
  const growing = of(cpu.facts.ofKind('growMap'))
  return growing > 0 && growing >= of(cpu.facts.marked('alloc', 'growMap')) / 3
}

function userCode(facts: StackFacts, name: string): boolean {
  const origin = facts.originOf(facts.names.indexOf(name))
  return origin === 'main' || origin === 'module'
}

/** Fewer live objects than this are not buffers that pile up. */
const LEAST_COUNT = 8

/** Mean size of live objects by culprit, and whether they are buffers: heap profiles label samples with their size. */
function sizesOf(facts: StackFacts, name: string): { readonly size: number; readonly buffers: boolean } {
  const { profile } = facts
  const { labelSets, samples, strings } = profile
  const row = (type: string): number => profile.sampleTypes.findIndex((t) => t.type === type)
  const [objects, allocated] = [row('inuse_objects'), row('alloc_space')]
  /** Size -> live bytes, and bytes ever allocated. */
  const bySize = new Map<number, { live: number; made: number }>()
  let bytes = 0
  let gathered = 0
  let count = 0
  facts.each(
    (sample, weight, stack, from, to) => {
      const culprit = facts.culpritAt(from, to)
      if (culprit < 0 || facts.names[culprit] !== name) return
      bytes += weight
      for (let i = from; i < to && stack[i] !== culprit; i++)
        if (GATHERS.test(facts.names[stack[i]])) {
          gathered += weight
          break
        }
      if (objects >= 0) count += Number(samples.value[objects].get(sample))
      const set = samples.labelSet[sample]
      for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
        if (strings.get(labelSets.key[l]) === 'bytes') {
          const size = Number(labelSets.num.get(l))
          const sums = bySize.get(size) ?? { live: 0, made: 0 }
          sums.live += weight
          if (allocated >= 0) sums.made += Number(samples.value[allocated].get(sample))
          bySize.set(size, sums)
        }
    },
    // What has been dropped again counts too: it tells what grew.
    true,
  )
  const [main] = [...bySize].sort((a, b) => b[1].live - a[1].live)
  if (main === undefined || count < LEAST_COUNT)
    return { size: count > 0 ? bytes / count : 0, buffers: false }
  const large = [...bySize].reduce((sum, [size, s]) => sum + (size >= LEAST_BUFFER ? s.live : 0), 0)
  // Tables of maps and arrays of slices have one size in the end as well, but got there by doubling.
  const doubled = [...bySize].some(
    ([size, s]) => size >= 0.3 * main[0] && size <= 0.75 * main[0] && s.made >= 0.1 * main[1].made,
  )
  const oneSize = main[0] >= LEAST_BUFFER && main[1].live >= 0.9 * bytes && !doubled
  return {
    size: bytes / count,
    buffers: large >= 0.9 * bytes && (oneSize || gathered >= 0.5 * bytes),
  }
}

function evidenceOf({ series, growth }: Leak): Finding['evidence'] {
  const names = series.profiles.map((p) => p.source.name)
  return [
    {
      source: names.join(', '),
      text: `live bytes of ${shortName(growth.name)}: ${growth.weights.map((w) => bytesText(w)).join(', ')}`,
      value: growth.gained,
      unit: 'bytes',
      view: `goscope top --base ${names[0]} ${names[names.length - 1]}`,
    },
    {
      source: names[names.length - 1],
      text: `${percent(growth.share)} of the live heap are its`,
      value: growth.share,
      unit: 'share',
    },
  ]
}

function base(
  l: Leak,
  critical: number,
): Pick<Finding, 'severity' | 'confidence' | 'culprits' | 'evidence' | 'cost' | 'place'> {
  const newest = l.series.facts[l.series.facts.length - 1]
  const place = newest.placeOf(l.growth.name)
  return {
    severity: l.growth.share >= critical ? 'critical' : 'warning',
    confidence: Math.min(0.95, 0.4 + 0.15 * l.series.profiles.length),
    culprits: culpritsOf(newest, l.growth.name),
    ...(place && { place }),
    evidence: evidenceOf(l),
    cost: l.growth.share,
  }
}

/** The function, and who of the user's code calls it for most of its bytes: what is kept is often kept there. */
function culpritsOf(facts: StackFacts, name: string): string[] {
  const callers = new Map<number, number>()
  facts.each((_row, weight, stack, from, to) => {
    for (let i = from; i < to; i++) {
      if (facts.names[stack[i]] !== name) continue
      for (let k = i + 1; k < to; k++)
        if (facts.originOf(stack[k]) === 'main' && facts.names[stack[k]] !== name) {
          callers.set(stack[k], (callers.get(stack[k]) ?? 0) + weight)
          break
        }
      break
    }
  })
  const [caller] = [...callers].sort((a, b) => b[1] - a[1])
  return caller === undefined || facts.names[caller[0]] === 'main.main'
    ? [name]
    : [name, facts.names[caller[0]]]
}

function rate(l: Leak): string {
  return l.series.seconds > 0 ? `, ${bytesText(l.growth.gained / l.series.seconds)} a second` : ''
}

function leakFinding(l: Leak, critical: number): Finding {
  return {
    cause: 'heap-leak',
    ...base(l, critical),
    title: `Live memory from ${shortName(l.growth.name)} grew by ${bytesText(l.growth.gained)} over ${l.series.profiles.length} profiles${rate(l)}`,
    why: 'What is allocated there stays reachable: it is put into a map, a list or a slice from which nothing takes it out, so the heap, and with it the work of each collection, grows until memory ends.',
    remedy: [
      'bound what keeps it: evict the oldest, give entries a life time, delete on the way out (unsubscribe, close)',
      'find what holds it: a heap dump (debug.WriteHeapDump) and goscope heapdump show the path from a root',
    ],
    verify:
      'a later heap profile with the first as its base shows no growth in that function: goscope top --base FIRST LAST',
  }
}

function retentionFinding(l: Leak, critical: number): Finding {
  return {
    cause: 'heap-retention-subslice',
    ...base(l, critical),
    title: `Whole buffers of ${bytesText(l.size)} from ${shortName(l.growth.name)} stay alive: ${bytesText(l.growth.gained)} more over ${l.series.profiles.length} profiles`,
    why: 'What grows are whole buffers or texts, as they are read. A small slice or string that is kept of one keeps all of it.',
    remedy: [
      'copy what is kept: bytes.Clone, strings.Clone, slices.Clone, append([]byte(nil), part...)',
      'then the buffer itself can be reused for the next read',
      'if the buffers are kept on purpose, bound their number',
    ],
    verify: 'live bytes of that function stay level from profile to profile',
  }
}
