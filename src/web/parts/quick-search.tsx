// A field that narrows a view down while one types. Its text is the page's `q`.

import { useEffect, useRef, useState } from 'preact/hooks'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import { Icon } from './icons.tsx'

const REST_MS = 180

export function QuickSearch({ label }: { readonly label: string }) {
  const q = param('q')
  const [text, setText] = useState(q)
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const typed = useRef(q)
  useEffect(() => {
    // Changed elsewhere: by a link, or by going back.
    if (q !== typed.current) setText(q)
    typed.current = q
  }, [q])
  useEffect(() => () => clearTimeout(timer.current), [])
  useKeys('Search', { '/': { does: 'search in the view', run: () => field.current?.focus() } })
  const set = (to: string): void => {
    typed.current = to
    go({ set: { q: to === '' ? undefined : to } }, { replace: true })
  }
  return (
    <label class="quick-search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={(e) => {
          const { value } = e.currentTarget
          setText(value)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => set(value), REST_MS)
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return
          e.stopPropagation()
          if (text === '') field.current?.blur()
          setText('')
          set('')
        }}
      />
    </label>
  )
}
