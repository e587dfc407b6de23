// Copying, saving, sharing what is seen.

import { readBoot } from '../boot.ts'
import { copyText } from '../parts/clipboard.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuButton, MenuItem, MenuLine, MenuTitle } from '../parts/menu.tsx'
import { AskError, ask } from '../session.ts'
import { type Shareable, shareables } from '../shareables.ts'
import { profileQuery, shownProfiles } from '../state.ts'
import { splitSource } from './source-names.ts'
import { viewNote } from './status-bar.tsx'

const boot = readBoot()

/** The address of what is seen, without the secret that the page was opened with. */
export function copyLink(): void {
  copyText(location.href, boot.mode === 'served' ? 'a link, good while goscope runs here' : 'a link')
}

export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob)
  const a = document.createElement('a')
  a.href = url
  a.download = fileName
  a.click()
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Packs and saves the profiles that are shown: as they are shown, or whole. */
export async function downloadProfile(whole: boolean): Promise<void> {
  const query = profileQuery.peek()
  if (query === undefined) return
  try {
    const { bytes } = await ask('profile-proto', { query, whole })
    const packed = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'))
    const blob = await new Response(packed).blob()
    const name = splitSource(shownProfiles.peek()[0]?.name ?? 'profile').base.replace(/(\.pb)?(\.gz)?$/, '')
    saveBlob(
      new Blob([blob], { type: 'application/vnd.google.protobuf+gzip' }),
      `${name}${whole ? '' : '.filtered'}.pb.gz`,
    )
    viewNote.value = 'profile saved'
  } catch (e) {
    viewNote.value = e instanceof AskError ? e.message : String(e)
  }
}

async function copyShareable(s: Shareable): Promise<void> {
  try {
    const made = s.make()
    const blob = await made
    if (blob.type.startsWith('image/png')) {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
      viewNote.value = `copied ${s.title}`
    } else copyText(await blob.text(), s.title)
  } catch (e) {
    viewNote.value = `not copied: ${e instanceof Error ? e.message : String(e)}`
  }
}

async function saveShareable(s: Shareable): Promise<void> {
  try {
    saveBlob(await s.make(), s.fileName)
    viewNote.value = `saved ${s.fileName}`
  } catch (e) {
    viewNote.value = `not saved: ${e instanceof Error ? e.message : String(e)}`
  }
}

export function ShareMenu() {
  const hasProfile = shownProfiles.value.length > 0
  return (
    <MenuButton
      label="Export"
      title="Copy, save, share"
      class="ctl q fold"
      align="end"
      button={
        <>
          <Icon name="share" />
          <span class="word">Export</span>
        </>
      }
    >
      {(close) => {
        const then = (run: () => unknown) => (): void => {
          close()
          void run()
        }
        const offered = shareables()
        return (
          <>
            <MenuItem icon="link" keys="y" onSelect={then(copyLink)}>
              Copy link to this view
            </MenuItem>
            {offered.length > 0 && <MenuLine />}
            {offered.map((s) => (
              <div class="mi-pair" key={s.id}>
                <MenuItem
                  icon={s.fileName.endsWith('.txt') ? 'list' : 'image'}
                  onSelect={then(() => saveShareable(s))}
                >
                  {s.title}
                </MenuItem>
                <button
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  class="ctl q ic"
                  aria-label={`Copy ${s.title}`}
                  title="Copy"
                  onClick={then(() => copyShareable(s))}
                >
                  <Icon name="copy" />
                </button>
              </div>
            ))}
            {hasProfile && (
              <>
                <MenuLine />
                <MenuTitle>profile.proto, for any pprof tool</MenuTitle>
                <MenuItem icon="download" onSelect={then(() => downloadProfile(false))}>
                  Save what is shown
                </MenuItem>
                <MenuItem icon="download" onSelect={then(() => downloadProfile(true))}>
                  Save all of it
                </MenuItem>
              </>
            )}
            <MenuLine />
            <p class="menu-note">
              One page with all views: <code>goscope export SRC -o report.html</code>
            </p>
          </>
        )
      }}
    </MenuButton>
  )
}
