// What a view shows when it has nothing to show.

import type { ComponentChildren } from 'preact'
import type { AskError, Progress } from '../session.ts'
import { Icon, SeverityMark } from './icons.tsx'
import { displayLines } from './name.tsx'

/** Nothing there: what there would be, and how to get it. */
export function Empty(props: {
  readonly title: string
  readonly children?: ComponentChildren
  readonly command?: string
}) {
  const { title, children, command } = props
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children !== undefined && <p class="t2">{children}</p>}
      {command !== undefined && <Command text={command} />}
    </div>
  )
}

/** A command to copy. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <button
        type="button"
        class="ctl q ic"
        aria-label="Copy the command"
        title="Copy"
        onClick={() => void navigator.clipboard?.writeText(text)}
      >
        <Icon name="copy" />
      </button>
    </span>
  )
}

/** Why it failed, in the reader's words. */
export function Failed({
  error,
  title = 'This cannot be shown',
}: {
  readonly error: AskError
  readonly title?: string
}) {
  return (
    <div class="empty" role="alert">
      <SeverityMark mark="critical" />
      <h2>{error.defect ? 'This is a defect of goscope' : title}</h2>
      <p class="t2 m failed-text">{displayLines(error.message)}</p>
      {error.defect && <p class="t2">Please report it with these lines.</p>}
    </div>
  )
}

/** Under way: shown in place, without jumping. */
export function Loading({ progress, what }: { readonly progress?: Progress; readonly what: string }) {
  const share = progress !== undefined && progress.total > 0 ? progress.done / progress.total : undefined
  return (
    <div class="empty loading" role="status">
      <p class="t2">
        {progress?.what ?? what}
        {share !== undefined && ` · ${Math.floor(share * 100)} %`}
      </p>
      {share !== undefined && (
        <div class="meter wide">
          <i style={{ width: `${share * 100}%`, background: 'var(--accent)' }} />
        </div>
      )}
    </div>
  )
}
