// The tools of the timeline: whose tracks, arrows, the path, search and filter, and what the colours mean.

import { useRef, useState } from 'preact/hooks'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { TimelineFound } from '../../core/engine/workbench/questions/timeline-search.ts'
import { go, param } from '../address.ts'
import type { TrackMode } from '../draw/timeline-rows.ts'
import { momentText, timeText } from '../draw/timeline-scale.ts'
import { useEscape, useKeys } from '../keys.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem } from '../parts/menu.tsx'
import { shortName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { useAnswer } from '../session.ts'
import { files } from '../state.ts'
import { list, markers, mode, select, selectedPlace, setLists, setMarkers } from './timeline-state.ts'

/** Height of the sample, as shares in the tracks: px. */
const LEGEND: readonly (readonly [token: string, height: number, name: string])[] = [
  ['st-running', 12, 'Running'],
  ['st-runnable', 7, 'Runnable'],
  ['st-sync', 5, 'lock'],
  ['st-chan', 5, 'channel'],
  ['st-network', 5, 'network'],
  ['st-sleep', 1, 'sleep'],
  ['st-syscall', 7, 'System call'],
  ['st-gc', 12, 'GC'],
]

const MOST_FOUND = 60

/** What the colours mean; heights as in the tracks. */
export function Legend({ stops }: { readonly stops: boolean }) {
  return (
    <span class="tl-legend">
      {LEGEND.map(([token, height, name]) => (
        <span class="lg" key={name}>
          <i style={{ background: `var(--${token})`, height: `${height}px` }} />
          {name}
        </span>
      ))}
      {stops && (
        <span class="lg">
          <i class="tl-stw" />
          STW
        </span>
      )}
    </span>
  )
}

export function TimelineTools({
  file,
  overview,
}: {
  readonly file: number
  readonly overview: TimelineOverview
}) {
  const place = selectedPlace()
  const path = param('timeline.path')
  const followed = place !== undefined && /^[gk]/.test(place.key) ? place.key : undefined
  const flows = param('timeline.flows') === '1'
  const hidden = list('hide')
  const toggleFlows = (): void => go({ set: { 'timeline.flows': flows ? undefined : '1' } })
  const togglePath = (): void => go({ set: { 'timeline.path': path !== '' ? undefined : followed } })
  useKeys('Timeline', {
    f: { does: 'who woke whom', run: toggleFlows },
    c: { does: 'critical path of the selected goroutine or task', run: togglePath },
  })
  const traces = (files.value ?? []).filter((f) => f.kind === 'trace')
  return (
    <div class="bar0 tl-bar">
      {traces.length > 1 && (
        <select
          class="ctl tl-file"
          aria-label="Trace"
          value={String(file)}
          onChange={(e) =>
            go({
              set: {
                'timeline.file': e.currentTarget.value,
                'timeline.from': undefined,
                'timeline.to': undefined,
                'timeline.sel': undefined,
              },
            })
          }
        >
          {traces.map((t) => (
            <option key={t.id} value={String(t.id)}>
              {shortName(t.name)}
            </option>
          ))}
        </select>
      )}
      <Segmented<TrackMode>
        label="Tracks"
        value={mode()}
        choices={[
          { id: 'goroutine', title: 'By goroutine' },
          { id: 'proc', title: 'Proc' },
          { id: 'thread', title: 'Thread' },
          {
            id: 'task',
            title: 'Task',
            disabled: overview.taskTypes.length === 0,
            ...(overview.taskTypes.length === 0 && { hint: 'The trace has no user tasks' }),
          },
        ]}
        onChoose={(id) => go({ set: { 'timeline.by': id === 'goroutine' ? undefined : id } })}
      />
      <button
        type="button"
        class={flows ? 'ctl on' : 'ctl'}
        aria-pressed={flows}
        title="Arrows from who let run to who ran (F)"
        onClick={toggleFlows}
      >
        <Icon name="swap" />
        <span class="tl-wide">Who woke whom</span>
      </button>
      <button
        type="button"
        class={path !== '' ? 'ctl on' : 'ctl'}
        aria-pressed={path !== ''}
        disabled={path === '' && followed === undefined}
        title={
          followed === undefined && path === ''
            ? 'Select a goroutine or task first: what its time went into, as one line (C)'
            : 'What the time went into, as one line through the goroutines (C)'
        }
        onClick={togglePath}
      >
        <Icon name="goroutines" />
        <span class="tl-wide">Critical path</span>
      </button>
      {hidden.length > 0 && (
        <MenuButton label="Hidden tracks" button={<span>{hidden.length} hidden</span>}>
          {(close) => (
            <>
              <MenuItem
                onSelect={() => {
                  close()
                  setLists({ hide: [] })
                }}
              >
                Show all
              </MenuItem>
              {hidden.map((key) => (
                <MenuItem
                  key={key}
                  onSelect={() => {
                    close()
                    setLists({ hide: hidden.filter((k) => k !== key) })
                  }}
                >
                  {shortName(key.replace(/^f:/, '').replace(/^g(?=\d)/, 'G'))}
                </MenuItem>
              ))}
            </>
          )}
        </MenuButton>
      )}
      <Markers end={overview.end} />
      <span class="grow" />
      <Legend stops={overview.stops.length > 0} />
      <Search file={file} overview={overview} />
    </div>
  )
}

function Markers({ end }: { readonly end: number }) {
  const all = markers()
  if (all.length === 0) return null
  return (
    <MenuButton
      label="Markers"
      role="dialog"
      button={<span>{all.length === 1 ? '1 marker' : `${all.length} markers`}</span>}
    >
      {(close) => (
        <div class="tl-marks">
          {all.map((m, i) => (
            <div class="row" key={`${i} ${m.time}`}>
              <button
                type="button"
                class="ctl q"
                onClick={() => {
                  close()
                  const half = Number(param('timeline.to') || end) - Number(param('timeline.from') || 0)
                  go({
                    set: {
                      'timeline.from': String(Math.max(0, Math.round(m.time - half / 2))),
                      'timeline.to': String(Math.round(m.time + half / 2)),
                    },
                  })
                }}
              >
                {momentText(m.time, end / 1000)}
              </button>
              <input
                class="ctl tl-note"
                aria-label={`Note at ${timeText(m.time)}`}
                placeholder="note"
                maxLength={200}
                value={m.note}
                onChange={(e) =>
                  setMarkers(all.map((o, k) => (k === i ? { ...o, note: e.currentTarget.value } : o)))
                }
              />
              <button
                type="button"
                class="ctl q ic"
                aria-label="Remove the marker"
                onClick={() => setMarkers(all.filter((_, k) => k !== i))}
              >
                <Icon name="trash" />
              </button>
            </div>
          ))}
        </div>
      )}
    </MenuButton>
  )
}

function Search({ file, overview }: { readonly file: number; readonly overview: TimelineOverview }) {
  const input = useRef<HTMLInputElement>(null)
  const text = param('timeline.q')
  const filtering = param('timeline.filter') !== ''
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const { value } = useAnswer('timeline-search', text === '' ? undefined : { file, text, most: MOST_FOUND })
  const found = text === '' ? undefined : value
  useEscape('search', text !== '', () => {
    go({ set: { 'timeline.q': undefined, 'timeline.filter': undefined } })
    setOpen(false)
  })
  const show = (step: number): void => {
    const n = found?.goroutines.length ?? 0
    if (n === 0) return
    const next = (at + step + n) % n
    setAt(next)
    const g = found!.goroutines[next]!
    select({ key: `g${g.id}`, time: undefined })
  }
  useKeys('Timeline', {
    '/': { does: 'search goroutines and logs', run: () => input.current?.select() },
    n: { does: 'next match', run: () => show(1) },
    'Shift+n': { does: 'previous match', run: () => show(-1) },
  })
  const set = (q: string): void => {
    go(
      {
        set: {
          'timeline.q': q === '' ? undefined : q,
          ...(filtering && { 'timeline.filter': q === '' ? undefined : q }),
        },
      },
      { replace: true },
    )
    setAt(-1)
    setOpen(true)
  }
  return (
    <div
      class="tl-search"
      onFocusOut={(e) => !e.currentTarget.contains(e.relatedTarget as Node | null) && setOpen(false)}
    >
      <label class="search">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          placeholder="Function, label, goroutine, log"
          aria-label="Search goroutines and logs"
          value={text}
          onInput={(e) => set(e.currentTarget.value)}
          onFocus={() => setOpen(true)}
          onKeyDown={(e) => {
            if (e.key === 'Enter') show(e.shiftKey ? -1 : at < 0 ? 1 : 1)
          }}
        />
        {found !== undefined && <span class="t3 xs">{found.goroutineCount + found.logCount}</span>}
        <button
          type="button"
          class={filtering ? 'ctl q ic on' : 'ctl q ic'}
          aria-pressed={filtering}
          aria-label="Only tracks that match"
          title="Only tracks that match"
          disabled={text === ''}
          onClick={() => go({ set: { 'timeline.filter': filtering ? undefined : text } })}
        >
          <Icon name="filter" />
        </button>
      </label>
      {open && found !== undefined && (
        <Found found={found} end={overview.end} onDone={() => setOpen(false)} />
      )}
    </div>
  )
}

function Found({
  found,
  end,
  onDone,
}: {
  readonly found: TimelineFound
  readonly end: number
  readonly onDone: () => void
}) {
  if (found.goroutineCount + found.logCount === 0)
    return (
      <div class="tl-found" role="status">
        <p class="t2">Nothing found: names of start functions, labels, ids and user logs were searched.</p>
      </div>
    )
  return (
    <div class="tl-found">
      {found.goroutines.length > 0 && (
        <div class="mt">
          Goroutines{' '}
          {found.goroutineCount > found.goroutines.length
            ? `(first ${found.goroutines.length} of ${found.goroutineCount})`
            : ''}
        </div>
      )}
      {found.goroutines.map((g) => (
        <button
          type="button"
          class="mi"
          key={g.id}
          onClick={() => {
            select({ key: `g${g.id}`, time: undefined })
            onDone()
          }}
        >
          <span class="m tl-id">G{g.id}</span>
          <span class="m grow cut">{shortName(g.label || g.name)}</span>
          <span class="t3 xs">{timeText(g.to - g.from)}</span>
        </button>
      ))}
      {found.logs.length > 0 && (
        <div class="mt">
          Logs {found.logCount > found.logs.length ? `(first ${found.logs.length} of ${found.logCount})` : ''}
        </div>
      )}
      {found.logs.map((l, i) => (
        <button
          type="button"
          class="mi"
          key={`${i} ${l.time}`}
          onClick={() => {
            if (l.goroutine !== '') select({ key: `g${l.goroutine}`, time: l.time })
            onDone()
          }}
        >
          <span class="tl-id t2">{momentText(l.time, end / 1000)}</span>
          <span class="grow cut">{shortName(l.text)}</span>
        </button>
      ))}
    </div>
  )
}
