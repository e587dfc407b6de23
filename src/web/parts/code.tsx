// Code with its colours. Texts come from files of strangers: shown as they are written, never obeyed.

import { displayName } from './name.tsx'
import type { Token, TokenKind } from './tokenizer.ts'

const CLASSES: Readonly<Record<TokenKind, string>> = {
  word: 'k1',
  text: 'k2',
  note: 'k3',
  name: 'k4',
  '': '',
}

/** Tabs stay: they are what code is indented with. */
export function displayCode(text: string): string {
  return text.split('\t').map(displayName).join('\t')
}

export function CodeText({ tokens }: { readonly tokens: readonly Token[] }) {
  return (
    <>
      {tokens.map((t, i) =>
        t.kind === '' ? (
          displayCode(t.text)
        ) : (
          <span key={`${i} ${t.kind}`} class={CLASSES[t.kind]}>
            {displayCode(t.text)}
          </span>
        ),
      )}
    </>
  )
}
