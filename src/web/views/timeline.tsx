// The timeline of an execution trace.

import { useEffect, useMemo, useState } from 'preact/hooks'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import { address, go, param } from '../address.ts'
import { type ExtraRows, isOpen, layoutRows, type Members, type RowChoice } from '../draw/timeline-rows.ts'
import type { Span } from '../draw/timeline-scale.ts'
import { useEscape } from '../keys.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type AskError, ask, generation, type Progress } from '../session.ts'
import { files } from '../state.ts'
import { TimelineBody } from './timeline-body.tsx'
import { chosenRange, list, mode, select, selectedPlace } from './timeline-state.ts'
import { TimelineTools } from './timeline-tools.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const traces = (files.value ?? []).filter((f) => f.kind === 'trace')
  const file = traces.find((t) => String(t.id) === param('timeline.file')) ?? traces[0]
  if (file === undefined)
    return <Empty title="No execution trace here" command="goscope capture --trace 5s localhost:6060" />
  return <TraceTimeline key={`${file.id} ${generation.value === 0 ? 0 : 1}`} file={file.id} />
}

/** What is known of the trace, and of the goroutines whose rows are open. Both are of one version. */
export interface Known {
  readonly overview: TimelineOverview
  readonly members: Members
}

function TraceTimeline({ file }: { readonly file: number }) {
  const [overview, setOverview] = useState<TimelineOverview | undefined>(undefined)
  const [progress, setProgress] = useState<Progress | undefined>(undefined)
  const [error, setError] = useState<AskError | undefined>(undefined)
  useEffect(() => {
    let gone = false
    const follow = async (): Promise<void> => {
      let after = 0
      for (;;) {
        const next = await ask('timeline-open', { file, after }, { progress: (p) => !gone && setProgress(p) })
        if (gone) return
        setOverview(next)
        after = next.version
        if (next.complete) {
          setProgress(undefined)
          return
        }
      }
    }
    follow().catch((e: AskError) => !gone && setError(e))
    return () => {
      gone = true
    }
  }, [file])
  if (error !== undefined) return <Failed error={error} title="This trace cannot be read" />
  if (overview === undefined) return <Loading what="reading the trace" {...(progress && { progress })} />
  return <Shown file={file} overview={overview} progress={progress} />
}

/** Rows of groups that are listed at most, of which only those in sight. */
const MOST_MEMBERS = 300

function Shown({
  file,
  overview,
  progress,
}: {
  readonly file: number
  readonly overview: TimelineOverview
  readonly progress: Progress | undefined
}) {
  // What is in sight when moving has ended: large groups list goroutines of it.
  const [settled, setSettled] = useState<Span>({ from: 0, to: overview.end })
  const [tall, setTall] = useState(innerHeight > 1000)
  useEffect(() => {
    const follow = (): void => setTall(innerHeight > 1000)
    addEventListener('resize', follow)
    return () => removeEventListener('resize', follow)
  }, [])
  const at = address.value
  const choice = useMemo<RowChoice>(
    () => ({
      mode: mode(),
      folded: new Set(list('fold')),
      unfolded: new Set(list('open')),
      hidden: new Set(list('hide')),
      pinned: list('pins'),
      order: list('order'),
      filter: param('timeline.filter'),
      tall,
    }),
    [at, tall],
  )
  const place = selectedPlace()
  const known = useMembers(file, overview, choice, settled)
  const tasks = useTasks(
    file,
    known.overview,
    choice.mode === 'task' || place?.key.startsWith('k') === true,
    settled,
  )
  const extras = useExtras(file, known.overview, [...choice.pinned, place?.key ?? ''])
  const layout = useMemo(
    () => layoutRows(known.overview, known.members, tasks, choice, extras, place?.key),
    [known, tasks, choice, extras, place?.key],
  )
  const range = chosenRange(file, known.overview)
  useEscape('selection', place !== undefined, () => select(undefined))
  useEscape('selection', place === undefined && param('timeline.path') !== '', () =>
    go({ set: { 'timeline.path': undefined } }),
  )
  return (
    <>
      <TimelineTools file={file} overview={known.overview} />
      <TimelineBody
        file={file}
        overview={known.overview}
        rows={layout.rows}
        height={layout.height}
        tasks={tasks}
        range={range}
        progress={progress}
        onSettled={setSettled}
      />
    </>
  )
}

/** Goroutines of open groups; keeps what was known while the next is under way. */
function useMembers(file: number, overview: TimelineOverview, c: RowChoice, view: Span): Known {
  const [known, setKnown] = useState<Known>({ overview, members: new Map() })
  const groups =
    c.mode === 'goroutine' || c.mode === 'task'
      ? overview.groups.flatMap((g, i) => (isOpen(g, c) || c.filter !== '' ? [i] : []))
      : []
  const large = groups.some((i) => overview.groups[i]!.count > MOST_MEMBERS)
  const span = large ? view : { from: 0, to: overview.end }
  const key = JSON.stringify([overview.version, groups, span])
  useEffect(() => {
    let gone = false
    ask('timeline-members', { file, groups, ...span, most: MOST_MEMBERS }).then(
      (all) => !gone && setKnown({ overview, members: new Map(all.map((m) => [m.group, m])) }),
      () => !gone && setKnown({ overview, members: new Map() }),
    )
    return () => {
      gone = true
    }
  }, [key])
  return known
}

function useTasks(file: number, overview: TimelineOverview, on: boolean, view: Span) {
  type Tasks = Awaited<ReturnType<typeof ask<'timeline-tasks'>>>
  const [tasks, setTasks] = useState<Tasks | undefined>(undefined)
  const many = overview.taskTypes.reduce((n, t) => n + t.count, 0) > MOST_MEMBERS
  const span = many ? view : { from: 0, to: overview.end }
  const key = JSON.stringify([overview.version, on, span])
  useEffect(() => {
    if (!on) return
    let gone = false
    ask('timeline-tasks', { file, ...span, most: MOST_MEMBERS }).then(
      (t) => !gone && setTasks(t),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [key])
  return on ? tasks : undefined
}

/** Rows of goroutines by their keys, wherever their groups stand: pinned ones and the selected one. */
function useExtras(file: number, overview: TimelineOverview, keys: readonly string[]): ExtraRows {
  const [extras, setExtras] = useState<ExtraRows>(new Map())
  const wanted = keys.filter((k) => /^g\d+$/.test(k))
  useEffect(() => {
    let gone = false
    Promise.all(wanted.slice(0, 50).map((text) => ask('timeline-search', { file, text, most: 1 }))).then(
      (found) => {
        if (gone) return
        const out = new Map<string, ExtraRows extends ReadonlyMap<string, infer T> ? T : never>()
        for (const { goroutines } of found)
          for (const g of goroutines)
            out.set(`g${g.id}`, { track: { kind: 'g', row: g.row }, name: g.label || g.name, group: g.group })
        setExtras(out)
      },
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [wanted.join(), overview.version])
  return extras
}
