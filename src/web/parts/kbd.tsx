// A key as it is printed on the keyboard.

import { keyCaps } from '../keys.ts'

export function Keycaps({ name }: { readonly name: string }) {
  return (
    <span class="ks">
      {keyCaps(name).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  )
}
