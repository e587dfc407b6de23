// Reads everything that was captured of a program: files and folders, each file by its content.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { inOrderOfTime } from '../../core/analysis/memory/trend.ts'
import type { TraceSummary } from '../../core/analysis/trace/summary.ts'
import { DecodeError, type Problem, UserError } from '../../core/base/errors.ts'
import { decodeUtf8 } from '../../core/base/utf8.ts'
import type { CapturedProfile, CapturedTrace, CaptureParts, Source } from '../../core/doctor/capture.ts'
import { profileKind } from '../../core/doctor/profile-kind.ts'
import { summarizeTrace } from '../../core/engine/trace-summary.ts'
import { decodeBench, sniffBench } from '../../core/formats/bench/bench.ts'
import { GoroutineDecoder, lineProblems } from '../../core/formats/goroutines/decode.ts'
import { profileOfGoroutines } from '../../core/formats/goroutines/profile.ts'
import { sniffGoroutines } from '../../core/formats/goroutines/sniff.ts'
import { SNIFF_BYTES } from '../../core/formats/index.ts'
import { decodeMemory } from '../../core/formats/memory/index.ts'
import type { BenchRun } from '../../core/model/bench.ts'
import { GoroutineBuilder } from '../../core/model/goroutine-builder.ts'
import type { Goroutines } from '../../core/model/goroutines.ts'
import type { MemorySnapshot } from '../../core/model/memory.ts'
import { decodeProfileBytes } from '../read-profile.ts'
import { filesOf } from './files-of.ts'
import { isMemory } from './read-memory.ts'

/** Reads all sources. Files that cannot be read become sources with a problem. Throws UserError where there is nothing. */
export async function readCapture(paths: readonly string[]): Promise<CaptureParts> {
  const found = filesOf(paths)
  if (found.length === 0) throw new UserError(`${paths.join(', ')}: there is no file in it`)
  const sources: Source[] = []
  let dumps: { readonly builder: GoroutineBuilder; readonly sources: Source[] } | undefined
  const traces: CapturedTrace[] = []
  const benches: BenchRun[] = []
  const memory: { source: Source; snapshot: MemorySnapshot }[] = []
  const profiles: (CapturedProfile & { readonly order: number })[] = []
  for (const { path, name } of found) {
    const problems: Problem[] = []
    const bytes = readFileSync(path)
    try {
      if (isMemory(bytes) && !startsWith(bytes, 'heap profile:')) {
        const source = { name, kind: 'memory', problems }
        sources.push(source)
        memory.push({ source, snapshot: decodeMemory(bytes) })
        continue
      }
      if (isTrace(bytes)) {
        const source = { name, kind: 'trace', problems }
        sources.push(source)
        traces.push({ source, activity: traceSummary(bytes, problems) })
        continue
      }
      if (sniffGoroutines(bytes.subarray(0, SNIFF_BYTES)) >= 0.5) {
        const source = { name, kind: 'goroutines', problems }
        sources.push(source)
        dumps ??= { builder: new GoroutineBuilder(), sources: [] }
        const decoder = new GoroutineDecoder(dumps.builder, dumps.sources.push(source) - 1)
        decoder.feed(bytes)
        problems.push(...lineProblems(decoder.end()))
        continue
      }
      const head = decodeUtf8(bytes.subarray(0, 65536))
      if (sniffBench(head)) {
        sources.push({ name, kind: 'bench', problems })
        benches.push(...decodeBench(decodeUtf8(bytes)))
        continue
      }
      const loaded = await decodeProfileBytes(bytes, basename(path))
      problems.push(...loaded.problems)
      const kind = profileKind(loaded.profile)
      const source = { name, kind: `profile/${kind}`, problems }
      sources.push(source)
      profiles.push({ source, kind, profile: loaded.profile, order: Number(loaded.profile.timeNanos) })
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      sources.push({ name, kind: 'unknown', problems: [{ message: e.message, offset: e.offset, count: 1 }] })
    }
  }
  const moments = inOrderOfTime(memory)
  profiles.sort((a, b) => a.order - b.order)
  const goroutines = dumps?.builder.done()
  return {
    ...(dumps && goroutines && { dumps: { goroutines, sources: dumps.sources } }),
    sources,
    profiles: dumps && goroutines ? withDumps(profiles, goroutines, dumps.sources) : profiles,
    memory: moments,
    traces,
    gcLogs: [],
    benches,
  }
}

/** Dumps as goroutine profiles, where there are no others: rules that count goroutines look at those. */
function withDumps(
  profiles: readonly CapturedProfile[],
  g: Goroutines,
  sources: readonly Source[],
): readonly CapturedProfile[] {
  if (profiles.some((p) => p.kind === 'goroutine')) return profiles
  const made = g.dumps
    .filter((d) => d.kind === 'dump')
    .map((d) => ({
      source: sources[d.source]!,
      kind: 'goroutine' as const,
      profile: profileOfGoroutines(g, { keep: (row) => row >= d.start && row < d.end }),
    }))
  return [...profiles, ...made]
}

function isTrace(bytes: Uint8Array): boolean {
  return (
    startsWith(bytes, 'go 1.') &&
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(16, bytes.length)).includes(' trace')
  )
}

/** What happened, up to the damage if there is any. Throws DecodeError if nothing can be read. */
function traceSummary(bytes: Uint8Array, problems: Problem[]): TraceSummary {
  const summary = summarizeTrace(bytes)
  if (summary.damage !== undefined)
    problems.push({ message: summary.damage.message, offset: summary.damage.offset, count: 1 })
  return summary
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, text.length)).toString('latin1') ===
    text
  )
}
