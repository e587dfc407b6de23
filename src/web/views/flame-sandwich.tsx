// A sandwich: what functions call and what calls them, of one function or of all that an expression matches.

import { groupDigits, shareText, valueText } from '../../core/base/people-fmt.ts'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import type { Matches } from '../draw/flame-geometry.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { FlamePane } from './flame-pane.tsx'
import { setPivot } from './flame-state.ts'
import type { ViewProps } from './view.ts'

type Shared = Pick<
  Parameters<typeof FlamePane>[0],
  'panel' | 'colouring' | 'byLine' | 'test' | 'active' | 'onMenu'
>

/** An expression that no function matches: then all is shown, as pprof does. */
export function Unmatched({ panel, pivot }: { readonly panel: ViewProps['panel']; readonly pivot: string }) {
  return (
    <div class="fl-notice xs t2" role="note">
      No function matches <code>{displayName(pivot).slice(0, 200)}</code>: everything is shown.{' '}
      <button type="button" class="link" onClick={() => setPivot(panel, '')}>
        End the pivot
      </button>
    </div>
  )
}

/** How many functions of a pivot are named in a tooltip. */
const NAMED = 30

/** What a sandwich is of. */
function Middle({
  fn,
  pivot,
  pivots,
}: {
  readonly fn: string
  readonly pivot: string
  readonly pivots: FlameTree['pivots']
}) {
  if (pivot === '') return <FunctionName name={fn} />
  if (pivots?.length === 1) return <FunctionName name={pivots[0]!} />
  const names = (pivots ?? []).slice(0, NAMED).map((n) => displayName(n).slice(0, 200))
  if (pivots !== undefined && pivots.length > NAMED) names.push('…')
  return (
    <span class="cut" title={names.join('\n')}>
      {groupDigits(pivots?.length ?? 0)} functions that match <code>{displayName(pivot).slice(0, 200)}</code>
    </span>
  )
}

export function Sandwich(props: {
  readonly panel: ViewProps['panel']
  readonly fn: string
  readonly pivot: string
  readonly up: FlameTree | undefined
  readonly down: FlameTree | undefined
  readonly upKey: string
  readonly downKey: string
  readonly paneProps: Shared
  readonly setMatches: (m: Matches | undefined) => void
  readonly error: Parameters<typeof Failed>[0]['error'] | undefined
}) {
  const { panel, fn, pivot, up, down, upKey, downKey, paneProps, setMatches, error } = props
  if (fn === '' && pivot === '')
    return (
      <Empty title="Choose a function">
        Select a frame in another layout, or a row in Top, and its callers and callees stand here.
      </Empty>
    )
  const end = pivot !== '' && (
    <button type="button" class="ctl q small" onClick={() => setPivot(panel, '')}>
      <Icon name="close" /> End the pivot
    </button>
  )
  if (error !== undefined)
    return (
      <>
        {pivot !== '' && (
          <div class="ph">
            <code class="cut">{displayName(pivot).slice(0, 200)}</code>
            <span class="grow" />
            {end}
          </div>
        )}
        <Failed error={error} />
      </>
    )
  if (up === undefined || down === undefined) return <Loading what="finding callers and callees" />
  return (
    <>
      <div class="ph">
        <Middle fn={fn} pivot={pivot} pivots={down.pivots} />
        <span class="t3 cut">
          {valueText(down.boxes.total[0]!, down.unit)}, {shareText(down.boxes.total[0]!, down.whole)} of all;
          callers above, what is called below, all calls merged
        </span>
        <span class="grow" />
        {end}
      </div>
      <FlamePane
        {...paneProps}
        pane="callers"
        tree={up}
        treeKey={upKey}
        up
        skip={1}
        label={`Callers of ${pivot || fn}`}
      />
      <div class="fl-divide" />
      <FlamePane
        {...paneProps}
        pane="callees"
        tree={down}
        treeKey={downKey}
        up={false}
        skip={paneProps.byLine ? 1 : 2}
        label={`What ${pivot || fn} calls`}
        onMatches={setMatches}
      />
    </>
  )
}
