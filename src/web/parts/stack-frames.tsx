// A stack as lines: whose code it is by weight and colour, where it is at the right.

import { ORIGINS } from '../../core/analysis/origin.ts'
import { go, param } from '../address.ts'
import { displayName, FunctionName } from './name.tsx'

export interface StackLine {
  readonly name: string
  readonly place: string
  /** Index of ORIGINS, 255 if unknown. */
  readonly origin: number
  readonly inlined?: boolean
}

/** The last folder, file and line. */
export function shortPlace(place: string): string {
  return displayName(place.split('/').slice(-2).join('/'))
}

/** Frames, leaf first; a click selects the function in all views. */
export function StackFrames({
  frames,
  created,
}: {
  readonly frames: readonly StackLine[]
  readonly created?: StackLine | undefined
}) {
  const selected = param('sel')
  return (
    <ol class="frames">
      {frames.map((f, k) => (
        <FrameRow key={k} frame={f} selected={f.name === selected && f.name !== ''} />
      ))}
      {created !== undefined && created.name !== '' && (
        <FrameRow frame={created} selected={created.name === selected} created />
      )}
    </ol>
  )
}

function FrameRow({
  frame,
  selected,
  created = false,
}: {
  readonly frame: StackLine
  readonly selected: boolean
  readonly created?: boolean
}) {
  const mine = ORIGINS[frame.origin] === 'main'
  return (
    <li class={`frame-row${mine ? ' mine' : ''}${selected ? ' sel' : ''}${created ? ' created' : ''}`}>
      <button type="button" onClick={() => go({ set: { sel: selected ? undefined : frame.name } })}>
        {created && <span class="t3 xs created-by">created by</span>}
        <FunctionName name={frame.name} inlined={frame.inlined ?? false} />
      </button>
      <span class="t3 m place" title={displayName(frame.place)}>
        {shortPlace(frame.place)}
      </span>
    </li>
  )
}
