import { viewNote } from '../shell/status-bar.tsx'

/** Puts text on the clipboard and says so in the status line; `what` is what was copied. */
export function copyText(text: string, what: string): void {
  const said = (note: string): void => {
    viewNote.value = note
  }
  const { clipboard } = navigator
  if (clipboard === undefined) said('the browser does not let this page copy')
  else
    clipboard.writeText(text).then(
      () => said(`copied ${what}`),
      () => said('the browser did not let this page copy'),
    )
}
