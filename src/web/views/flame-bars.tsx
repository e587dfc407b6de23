// The rows above a flame graph: layout, colours and folding; then what was changed, and what the colours mean.

import { ORIGIN_TITLES } from '../../core/analysis/origin.ts'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import type { FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { FOLD_PARTS } from '../../core/engine/workbench/transforms.ts'
import { go } from '../address.ts'
import {
  type Colouring,
  changeToken,
  labelLegend,
  originLegend,
  packageLegend,
} from '../draw/flame-colours.ts'
import { pathTo } from '../draw/flame-geometry.ts'
import { PathCodes } from '../draw/flame-path.ts'
import { palette } from '../draw/palette.ts'
import type { PanelId } from '../keys.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem, MenuLine, MenuTitle } from '../parts/menu.tsx'
import { displayName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { useAnswer } from '../session.ts'
import { profileQuery, transforms } from '../state.ts'
import { colourBlind } from '../theme.ts'
import type { PaneHandle } from './flame-pane.tsx'
import {
  addTransform,
  backToTransform,
  dropTransform,
  type FlameState,
  hasTransform,
  keyOf,
  partTitle,
  setFlame,
  toggleTransform,
  transformText,
} from './flame-state.ts'
import { shortFunction } from './flame-text.ts'

const COLOUR_TITLES: Readonly<Record<Colouring, string>> = {
  origin: 'origin',
  package: 'package',
  label: 'label',
  difference: 'difference',
  one: 'one hue',
}

export function ColourMenu(props: {
  readonly panel: PanelId
  readonly colouring: Colouring
  /** Key of the label that colours are by, if they are. */
  readonly label: string
  readonly difference: boolean
}) {
  const { panel, colouring, label, difference } = props
  const choices: readonly Colouring[] = difference
    ? ['difference', 'origin', 'package', 'one']
    : ['origin', 'package', 'one']
  return (
    <MenuButton
      label="Colour"
      button={
        <>
          Colour:{' '}
          <span class="fl-by cut">
            {colouring === 'label' ? displayName(label) : COLOUR_TITLES[colouring]}
          </span>{' '}
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <>
          {choices.map((c) => (
            <MenuItem
              key={c}
              checked={c === colouring}
              radio
              onSelect={() => {
                close()
                setFlame(panel, { colour: c === choices[0] ? '' : c })
              }}
            >
              {COLOUR_TITLES[c]}
            </MenuItem>
          ))}
          <LabelChoices panel={panel} chosen={colouring === 'label' ? label : ''} onChoose={close} />
          {difference && <MenuLine />}
          {difference && (
            <MenuItem
              checked={colourBlind.value}
              onSelect={() => {
                close()
                colourBlind.value = !colourBlind.value
              }}
            >
              Orange and blue
            </MenuItem>
          )}
        </>
      )}
    </MenuButton>
  )
}

/** So many labels are in the menu; the Tags view has all. */
const LABELS = 8

function LabelChoices(props: {
  readonly panel: PanelId
  readonly chosen: string
  readonly onChoose: () => void
}) {
  const { panel, chosen, onChoose } = props
  const query = profileQuery.value
  const { value } = useAnswer('profile-tags', query && { query })
  if (value === undefined || value.keys.length === 0) return null
  return (
    <>
      <MenuTitle>Label</MenuTitle>
      {value.keys.slice(0, LABELS).map(({ key }) => (
        <MenuItem
          key={key}
          checked={key === chosen}
          radio
          onSelect={() => {
            onChoose()
            go({ set: { label: key, [keyOf(panel, 'colour')]: 'label' } })
          }}
        >
          {displayName(key).slice(0, 80)}
        </MenuItem>
      ))}
      {value.keys.length > LABELS && (
        <MenuItem
          onSelect={() => {
            onChoose()
            go({ view: 'tags' })
          }}
        >
          {value.keys.length - LABELS} more …
        </MenuItem>
      )}
    </>
  )
}

/** Folding by whose code it is. */
export function FoldButtons({ panel }: { readonly panel: PanelId }) {
  const mine = hasTransform('mine', '')
  const runtime = hasTransform('fold', 'runtime')
  return (
    <>
      <button
        type="button"
        class={`ctl${mine ? ' on' : ''}`}
        aria-pressed={mine}
        title="Everything else counts as its nearest caller of yours"
        onClick={() => toggleTransform(panel, 'mine', '')}
      >
        Only my code
      </button>
      <span class="fl-joined">
        <button
          type="button"
          class={`ctl${runtime ? ' on' : ''}`}
          aria-pressed={runtime}
          title="Runs of runtime frames become one"
          onClick={() => toggleTransform(panel, 'fold', 'runtime')}
        >
          Fold runtime
        </button>
        <MenuButton label="Fold parts" class="ctl ic" button={<Icon name="down" />} title="Fold parts">
          {(close) => (
            <>
              <MenuTitle>Fold to one frame</MenuTitle>
              {FOLD_PARTS.filter((p) => p !== 'runtime').map((p) => (
                <MenuItem
                  key={p}
                  checked={hasTransform('fold', p)}
                  onSelect={() => {
                    close()
                    toggleTransform(panel, 'fold', p)
                  }}
                >
                  {partTitle(p).replace(/^the /, '')}
                </MenuItem>
              ))}
              <MenuLine />
              <MenuItem
                checked={hasTransform('mine', 'module')}
                onSelect={() => {
                  close()
                  toggleTransform(panel, 'mine', 'module')
                }}
              >
                only my code and modules
              </MenuItem>
              <MenuItem
                onSelect={() => {
                  close()
                  addTransform(panel, 'recursion', '')
                }}
              >
                all direct recursion
              </MenuItem>
              <MenuItem
                onSelect={() => {
                  close()
                  addTransform(panel, 'cycles', '')
                }}
              >
                all cycles of calls
              </MenuItem>
            </>
          )}
        </MenuButton>
      </span>
    </>
  )
}

export function ViewMenu(props: {
  readonly panel: PanelId
  readonly state: FlameState
  readonly onTable: () => void
}) {
  const { panel, state, onTable } = props
  return (
    <MenuButton label="More" class="ctl ic" button={<Icon name="sliders" />} title="More">
      {(close) => {
        const then = (run: () => void) => () => {
          close()
          run()
        }
        return (
          <>
            <MenuItem
              checked={state.order === 'name'}
              onSelect={then(() => setFlame(panel, { order: state.order === 'name' ? '' : 'name' }))}
            >
              Order by name
            </MenuItem>
            <MenuItem
              checked={state.by === 'line'}
              onSelect={then(() => setFlame(panel, { by: state.by === 'line' ? 'function' : 'line' }))}
            >
              A frame for each line
            </MenuItem>
            <MenuItem
              checked={state.callers}
              onSelect={then(() => setFlame(panel, { callers: state.callers ? '' : '1' }))}
            >
              Callers of the selected function below
            </MenuItem>
            <MenuLine />
            <MenuItem icon="list" onSelect={then(onTable)}>
              Show as table
            </MenuItem>
          </>
        )
      }}
    </MenuButton>
  )
}

export function WidthChoice({ panel, state }: { readonly panel: PanelId; readonly state: FlameState }) {
  return (
    <Segmented
      label="Widths of the difference"
      choices={[
        {
          id: 'sum',
          title: 'One graph',
          hint: 'Widths: all before and after; the coloured part of a frame is its change',
        },
        { id: 'sides', title: 'Two sides', hint: 'Left of the line what went, right of it what came' },
      ]}
      value={state.widths}
      onChoose={(widths) => setFlame(panel, { widths: widths === 'sum' ? '' : widths })}
    />
  )
}

/** Longer names of crumbs are cut, with dots; their tooltips are whole. */
const CRUMB = 60

function clipped(name: string): string {
  return name.length > CRUMB ? `${name.slice(0, CRUMB - 1)}…` : name
}

/** How many frames of a zoomed path are named. */
const NAMED = 2

/** All › transforms › what is zoomed into. */
export function Crumbs(props: {
  readonly panel: PanelId
  readonly tree: FlameTree
  /** What is zoomed into, as the address has it. */
  readonly zoom: string
  readonly byLine: boolean
  readonly pane: { readonly current: PaneHandle | null }
}) {
  const { panel, tree, zoom, byLine, pane } = props
  const list = transforms.value
  const { boxes, frames } = tree
  const path = zoom === '' ? [] : pathTo(boxes, new PathCodes(frames, byLine).find(boxes, zoom))
  const name = (box: number): string => shortFunction(frames.names[boxes.frame[box]!]!)
  return (
    <nav class="fl-crumbs" aria-label="What is shown">
      <button
        type="button"
        class={`chip${list.length === 0 && path.length === 0 ? ' a' : ''}`}
        title="Show all"
        onClick={() => (list.length > 0 ? backToTransform(panel, -1) : pane.current?.zoom(0))}
      >
        all {valueText(tree.everything, tree.unit)}
      </button>
      {list.map((t, i) => {
        const text = transformText(t)
        return (
          <>
            <span class="t3">›</span>
            <span class={`chip fl-crumb${i === list.length - 1 && path.length === 0 ? ' a' : ''}`}>
              <button
                type="button"
                title={`Back to here: ${text.verb} ${displayName(t.name).slice(0, 400)}`}
                onClick={() => backToTransform(panel, i)}
              >
                {text.verb} {text.name !== '' && <span class="m">{clipped(shortFunction(text.name))}</span>}
              </button>
              <button
                type="button"
                class="fl-x"
                aria-label={`Take out ${text.verb} ${shortFunction(text.name).slice(0, 60)}`}
                title="Take out"
                onClick={() => dropTransform(panel, i)}
              >
                <Icon name="close" />
              </button>
            </span>
          </>
        )
      })}
      {path.length > NAMED && <span class="t3">› …</span>}
      {path.slice(-NAMED).map((box, i, shown) => (
        <>
          <span class="t3">›</span>
          <button
            type="button"
            class={`chip fl-crumb fl-zoom${i === shown.length - 1 ? ' a' : ''}`}
            title={`Zoom to ${name(box).slice(0, 400)}`}
            onClick={() => pane.current?.zoom(box)}
          >
            <span class="m cut">{name(box)}</span>
          </button>
        </>
      ))}
      {path.length > 0 && (
        <button
          type="button"
          class="fl-x"
          aria-label="Zoom out"
          title="Zoom out (0)"
          onClick={() => pane.current?.zoom(0)}
        >
          <Icon name="close" />
        </button>
      )}
    </nav>
  )
}

const PACKAGES_NAMED = 6

export function Legend(props: {
  readonly tree: FlameTree
  readonly colouring: Colouring
  readonly label: string
}) {
  const { tree, colouring, label } = props
  const paint = palette.value
  if (colouring === 'difference')
    return (
      <span class="fl-legend">
        <span class="t3">less</span>
        {[-3, -2, -1, 0, 1, 2, 3].map((step) => (
          <i key={step} class="fl-step" style={{ background: paint(changeToken(step)) }} />
        ))}
        <span class="t3">more; steps at 0.4, 2 and 10 % of all</span>
      </span>
    )
  if (colouring === 'one') return <span class="fl-legend t3">colour tells neighbours apart</span>
  const entries =
    colouring === 'origin'
      ? originLegend(tree.frames, paint, ORIGIN_TITLES)
      : colouring === 'label'
        ? tree.labels && labelLegend(tree.labels, paint, PACKAGES_NAMED)
        : packageLegend(tree.frames, paint, PACKAGES_NAMED)
  if (entries === undefined) return null
  return (
    <span class="fl-legend">
      <span class="t3 fl-legend-title">
        {colouring === 'label' ? `by label ${displayName(label).slice(0, 40)}` : `self by ${colouring}`}
      </span>
      {entries.map((e) => (
        <span class="lg" key={e.title} title={displayName(e.title).slice(0, 400)}>
          <i class="dot" style={{ background: e.colour }} />
          <span class="fl-legend-name cut">{displayName(e.title)}</span>
          <span class="t3">{shareText(e.weight, tree.whole)}</span>
        </span>
      ))}
    </span>
  )
}
