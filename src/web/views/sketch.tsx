// A small flame graph in a text: elements, no canvas, as there are few frames.

import { splitFunctionName } from '../../core/analysis/display-names.ts'
import { ORIGINS } from '../../core/analysis/origin.ts'
import { shareText, valueText } from '../../core/base/people-fmt.ts'
import type { Sketch as SketchData } from '../../core/engine/workbench/questions/profile-sketch.ts'
import { displayName, shortName } from '../parts/name.tsx'

const ROW = 19

export function Sketch({ s, onChoose }: { readonly s: SketchData; onChoose(name: string): void }) {
  const levels = s.level.length === 0 ? 0 : s.level[s.level.length - 1]! + 1
  return (
    <div class="sketch" style={{ height: `${levels * ROW}px` }}>
      {s.names.map((name, i) => {
        const { path, fn } = splitFunctionName(shortName(name))
        const pkg = path.slice(path.lastIndexOf('/') + 1)
        const wide = s.width[i]! > 0.25
        return (
          <button
            type="button"
            key={`${s.level[i]} ${s.at[i]}`}
            class={`sketch-frame org ${ORIGINS[s.origin[i]!] ?? ''}${s.inlined[i] === 1 ? ' inl' : ''}`}
            style={{
              left: `${s.at[i]! * 100}%`,
              width: `calc(${s.width[i]! * 100}% - 1px)`,
              top: `${s.level[i]! * ROW}px`,
            }}
            // What is narrow is a mark, not a button to be found by keys.
            tabIndex={s.width[i]! > 0.1 ? 0 : -1}
            title={`${displayName(name).slice(0, 1000)}\n${valueText(s.width[i]! * s.total, s.unit)}, ${shareText(s.width[i]!, 1)}`}
            onClick={() => onChoose(name)}
          >
            {s.width[i]! > 0.03 && (
              <>
                {wide && <span class="sketch-path">{pkg}</span>}
                {fn}
              </>
            )}
          </button>
        )
      })}
    </div>
  )
}
