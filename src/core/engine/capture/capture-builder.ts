import { inOrderOfTime } from '../../analysis/memory/trend.ts'
import type { Problem } from '../../base/errors.ts'
import type {
  CapturedLog,
  CapturedProfile,
  CapturedTrace,
  CaptureParts,
  Source,
} from '../../doctor/capture-parts.ts'
import { profileOfGoroutines } from '../../formats/goroutines/profile.ts'
import type { BenchRun } from '../../model/bench.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import type { MemorySnapshot } from '../../model/memory.ts'

/** Collects what files of a capture hold. */
export class CaptureBuilder {
  readonly profiles: CapturedProfile[] = []
  readonly memory: { readonly source: Source; readonly snapshot: MemorySnapshot }[] = []
  readonly traces: CapturedTrace[] = []
  readonly logs: CapturedLog[] = []
  readonly benches: BenchRun[] = []
  private readonly sources: Source[] = []
  private dumps: { readonly builder: GoroutineBuilder; readonly sources: Source[] } | undefined

  /** A source; its problems may be added later. */
  source(name: string, kind: string, problems: readonly Problem[]): Source {
    const source = { name, kind, problems }
    this.sources.push(source)
    return source
  }

  /** The tables that all dumps share, and their sources in the order of reading. */
  goroutines(): { readonly builder: GoroutineBuilder; readonly sources: Source[] } {
    this.dumps ??= { builder: new GoroutineBuilder(), sources: [] }
    return this.dumps
  }

  /** Everything, each list in order of time. */
  done(): CaptureParts {
    const { dumps } = this
    const dumped = dumps && { goroutines: dumps.builder.done(), sources: dumps.sources }
    const profiles = [...this.profiles].sort(
      (a, b) => Number(a.profile.timeNanos) - Number(b.profile.timeNanos),
    )
    // Rules that count goroutines look at profiles: without any, dumps stand in for them.
    if (dumped !== undefined && !profiles.some((p) => p.kind === 'goroutine'))
      for (const d of dumped.goroutines.dumps)
        if (d.kind === 'dump')
          profiles.push({
            source: dumped.sources[d.source]!,
            kind: 'goroutine',
            profile: profileOfGoroutines(dumped.goroutines, { keep: (row) => row >= d.start && row < d.end }),
          })
    return {
      sources: this.sources,
      profiles,
      memory: inOrderOfTime(this.memory),
      traces: this.traces,
      logs: this.logs,
      benches: this.benches,
      ...(dumped && { dumps: dumped }),
    }
  }
}
