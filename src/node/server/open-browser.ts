import { UserError } from '../../core/base/errors.ts'
import { showFile } from '../render/viewer.ts'

/**
 * Opens the user's browser by way of a file that only the user may read: everybody on the machine can see
 * the arguments of a program, and the address has a secret in it.
 */
export async function openBrowser(url: string, warn: (text: string) => void): Promise<void> {
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>goscope</title><p><a href="${url}">Open goscope</a></p>\n`
  try {
    const shown = await showFile(new TextEncoder().encode(page), 'html', 'browser')
    // The browser may stay when we end.
    shown.detach()
    shown.untilClosed().then(shown.remove, (e: unknown) => {
      shown.remove()
      warn(`${e instanceof Error ? e.message : String(e)}: open the address above in a browser`)
    })
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    warn('no browser was found: open the address above in one, or name one in $BROWSER')
  }
}
