// The spans in sight as rows, for those who read rather than look.

import type { SpanRow } from '../../core/engine/workbench/questions/timeline-spans.ts'
import { go } from '../address.ts'
import type { Row } from '../draw/timeline-rows.ts'
import { momentText, type Span, timeText } from '../draw/timeline-scale.ts'
import { shortName } from '../parts/name.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import { stateWords } from './timeline-details.tsx'
import { select } from './timeline-state.ts'

const MOST_ROWS = 5000
const MOST_TRACKS = 400

export function TimelineTable({
  file,
  view,
  rows,
}: {
  readonly file: number
  readonly view: Span
  readonly rows: readonly Row[]
}) {
  const tracks = rows.filter((r) => r.track !== undefined && !r.pinned).slice(0, MOST_TRACKS)
  const { value, error } = useAnswer('timeline-spans', {
    file,
    from: view.from,
    to: view.to,
    tracks: tracks.map((r) => r.track!),
    most: MOST_ROWS,
  })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="listing spans" />
  const at = (i: number): SpanRow => value.rows[i]!
  const columns: Column[] = [
    {
      id: 'start',
      title: 'Start',
      kind: 'number',
      width: 130,
      value: (i) => at(i).start,
      text: (i) => momentText(at(i).start, (view.to - view.from) / 100),
    },
    {
      id: 'length',
      title: 'Length',
      kind: 'number',
      width: 100,
      value: (i) => at(i).end - at(i).start,
      text: (i) => timeText(at(i).end - at(i).start),
    },
    { id: 'track', title: 'Track', kind: 'text', width: 110, text: (i) => tracks[at(i).track]?.label ?? '' },
    {
      id: 'state',
      title: 'State',
      kind: 'text',
      width: 130,
      text: (i) => stateWords(at(i).state, tracks[at(i).track]?.track?.kind !== 'g'),
    },
    { id: 'reason', title: 'Reason', kind: 'text', width: 150, text: (i) => at(i).reason },
    { id: 'where', title: 'Where', kind: 'name', width: 220, text: (i) => shortName(at(i).where) },
    {
      id: 'other',
      title: 'Goroutine, or who woke it',
      kind: 'text',
      width: 240,
      text: (i) => shortName(at(i).other),
    },
  ]
  return (
    <>
      {value.total > value.rows.length && (
        <div class="tl-note-line t2 sm">
          The longest {value.rows.length} of {value.total} spans in sight
        </div>
      )}
      <div class="tl-table">
        <Table
          id="timeline"
          label="Spans in sight"
          count={value.rows.length}
          columns={columns}
          data={value}
          sort="start"
          onSelect={(i) => {
            const row = tracks[at(i).track]
            if (row !== undefined) select({ key: row.key, time: at(i).start }, { replace: true })
          }}
          onAction={() => go({ set: { 'timeline.as': undefined } })}
        />
      </div>
    </>
  )
}
