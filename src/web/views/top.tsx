// The table of functions.

import { shareText, valueText } from '../../core/base/people-fmt.ts'
import { go } from '../address.ts'
import { FunctionName } from '../parts/name.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { profileQuery, selected } from '../state.ts'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const { value, error, progress } = useAnswer('profile-functions', query && { query })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="adding up functions" {...(progress && { progress })} />
  const type = value.types[value.selected]!
  const rows = [...value.names.keys()].sort((a, b) => type.total[b]! - type.total[a]!).slice(0, 200)
  const whole = value.wholes[value.selected]!
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Function</th>
            <th class="num">Self</th>
            <th class="num">Total</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row}
              class={value.names[row] === selected.value ? 'sel' : ''}
              onClick={() => go({ set: { sel: value.names[row]! } })}
            >
              <td>
                <FunctionName name={value.names[row]!} inlined={value.inlined[row] === 1} />
              </td>
              <td class="num">{valueText(type.self[row]!, type.unit, '')}</td>
              <td class="num">
                {valueText(type.total[row]!, type.unit, '')}{' '}
                <span class="pc">{shareText(type.total[row]!, whole)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
