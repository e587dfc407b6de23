// Keys and commands that work everywhere.

import { visibleText } from '../../core/base/visible-text.ts'
import { address, go, param } from '../address.ts'
import { type Command, useCommands } from '../commands.ts'
import { useEscape, useKeys } from '../keys.ts'
import { copyText } from '../parts/clipboard.ts'
import { displayName } from '../parts/name.tsx'
import { addFiles, ask } from '../session.ts'
import { shareables } from '../shareables.ts'
import { profileQuery, selected, shownProfiles } from '../state.ts'
import { colourBlind, theme, toggleTheme } from '../theme.ts'
import { toggleDetails } from './details-open.ts'
import { chooseFiles } from './drop.ts'
import { openViews } from './open-views.ts'
import { isOn, quoted, refine, resetOptions, SWITCHES, switchOption } from './options.ts'
import { openPalette, overlay } from './overlay.ts'
import { copyLink, downloadProfile, saveBlob } from './share-menu.tsx'
import { toggleSplit, turnSplit } from './split.tsx'
import { viewNote } from './status-bar.tsx'

/** Takes the newest transform back. */
export function undoTransform(): void {
  const t = param('t')
  if (t === '') viewNote.value = 'no transform to undo'
  else go({ set: { t: t.includes('~') ? t.slice(0, t.lastIndexOf('~')) : undefined } })
}

function copyName(): void {
  if (selected.peek() === '') viewNote.value = 'nothing is selected'
  else copyText(visibleText(selected.peek()), 'the name')
}

/** The heaviest stack that the selected function is in. */
async function copyStack(): Promise<void> {
  const query = profileQuery.peek()
  const name = selected.peek()
  if (query === undefined || name === '') {
    viewNote.value = 'nothing is selected'
    return
  }
  const { stack } = await ask('function-stack', { query, name })
  if (stack.length === 0) viewNote.value = 'no stack is left with it'
  else copyText(stack.map(visibleText).join('\n'), 'its heaviest stack')
}

/** Puts the focus into the search of the view that is used. */
function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>(
    'main .search input, main input[type=search], main [data-search]',
  )
  if (field === null) openPalette()
  else field.select()
}

function toView(i: number): void {
  const view = openViews()[i]
  if (view !== undefined) go({ view: view.id })
}

export function useFrameCommands(): void {
  const digits = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [
      String(i + 1),
      { does: 'views in the order of the tabs', run: () => toView(i), hidden: i > 0 && i < 8 },
    ]),
  )
  useKeys(
    'Anywhere',
    {
      'Ctrl+k': { does: 'command palette', run: () => openPalette(), inFields: true },
      '/': { does: 'search in the view', run: focusSearch },
      ...digits,
      'Alt+ArrowLeft': { does: 'back and forward', run: () => history.back() },
      'Alt+ArrowRight': { does: 'back and forward', run: () => history.forward() },
      'Ctrl+z': { does: 'undo a transform', run: undoTransform },
      // Heard before all other keys; here to be listed.
      Escape: { does: 'one step out', run: () => undefined },
      ']': { does: 'details', run: toggleDetails },
      '\\': { does: 'split view', run: toggleSplit },
      '?': {
        does: 'this page',
        run: () => {
          overlay.value = 'keys'
        },
      },
      y: { does: 'copy a link to this view', run: copyLink },
      c: { does: 'copy the name', run: copyName },
      'Shift+c': { does: 'copy the heaviest stack', run: () => void copyStack() },
      t: { does: 'theme', run: toggleTheme },
    },
    { everywhere: true },
  )
  useEscape('selection', selected.value !== '', () => go({ set: { sel: undefined } }))
  useEscape('transform', param('t') !== '', undoTransform)
  useCommands(frameCommands)
}

function frameCommands(): Command[] {
  const profile = shownProfiles.value.length > 0
  const sel = selected.value
  return [
    ...(sel === '' ? [] : selectionCommands(sel)),
    ...(profile ? profileCommands() : []),
    ...shareables().map(
      (s): Command => ({
        id: `save ${s.id}`,
        title: `Save ${s.title}`,
        words: 'export download image picture svg png text',
        icon: 'image',
        run: () => void Promise.resolve(s.make()).then((blob) => saveBlob(blob, s.fileName)),
      }),
    ),
    { id: 'link', title: 'Copy link', words: 'share url address', keys: 'y', icon: 'link', run: copyLink },
    {
      id: 'files',
      title: 'Add files…',
      words: 'open load source',
      icon: 'plus',
      run: () => void chooseFiles().then(addFiles),
    },
    {
      id: 'folder',
      title: 'Add a folder…',
      words: 'open load capture',
      icon: 'folder',
      run: () => void chooseFiles({ folder: true }).then(addFiles),
    },
    {
      id: 'split',
      title: 'Split view',
      words: 'second panel beside',
      keys: '\\',
      icon: 'split',
      run: toggleSplit,
    },
    { id: 'turn', title: 'Turn the split', words: 'panels below beside', icon: 'split', run: turnSplit },
    { id: 'details', title: 'Details', words: 'panel side', keys: ']', icon: 'details', run: toggleDetails },
    {
      id: 'keys',
      title: 'Keyboard shortcuts',
      words: 'help keys',
      keys: '?',
      icon: 'keys',
      run: () => {
        overlay.value = 'keys'
      },
    },
    { id: 'theme', title: 'Dark or light', words: 'theme', keys: 't', icon: 'theme', run: toggleTheme },
    {
      id: 'theme system',
      title: 'Theme as the system',
      icon: 'theme',
      run: () => {
        theme.value = 'system'
      },
    },
    {
      id: 'colour blind',
      title: colourBlind.value
        ? 'Differences in red and green'
        : 'Differences in orange and blue (colour-blind safe)',
      words: 'colours cb deuteranopia',
      icon: 'swap',
      run: () => {
        colourBlind.value = !colourBlind.value
      },
    },
  ]
}

/** pprof's Refine menu, for what is selected. */
function selectionCommands(name: string): Command[] {
  const short = name.length > 60 ? `…${name.slice(-59)}` : name
  const exact = `^${quoted(name)}$`
  const filter = (key: string, title: string, icon?: Command['icon']): Command => ({
    id: `sel ${key}`,
    title,
    hint: displayName(short),
    words: 'refine selection filter',
    ...(icon && { icon }),
    run: () => refine(key, exact),
  })
  return [
    filter('f', 'Focus', 'focus'),
    filter('i', 'Ignore', 'filter'),
    filter('h', 'Hide', 'hide'),
    filter('s', 'Show', 'filter'),
    filter('sf', 'Show from', 'filter'),
    { id: 'name', title: 'Copy name', hint: displayName(short), keys: 'c', icon: 'copy', run: copyName },
    {
      id: 'stack',
      title: 'Copy stack',
      hint: 'the heaviest with it',
      keys: 'Shift+c',
      icon: 'copy',
      run: () => void copyStack(),
    },
    {
      id: 'deselect',
      title: 'Select nothing',
      icon: 'close',
      keys: 'Escape',
      run: () => go({ set: { sel: undefined } }),
    },
  ]
}

function profileCommands(): Command[] {
  const types = shownProfiles.value[0]?.sampleTypes ?? []
  return [
    {
      id: 'compare',
      title: 'Compare…',
      words: 'diff difference base before after',
      icon: 'swap',
      run: () => {
        overlay.value = 'compare'
      },
    },
    ...(param('base') === ''
      ? []
      : [
          {
            id: 'compare end',
            title: 'End the comparison',
            icon: 'close',
            run: () => go({ set: { base: undefined, norm: undefined } }),
          } satisfies Command,
        ]),
    { id: 'reset', title: 'Reset', words: 'refine clear filters options', icon: 'undo', run: resetOptions },
    {
      id: 'undo',
      title: 'Undo transform',
      keys: 'Ctrl+z',
      icon: 'undo',
      run: undoTransform,
    },
    {
      id: 'save config',
      title: 'Save configuration as…',
      words: 'config options keep',
      icon: 'plus',
      run: () => {
        overlay.value = 'save-config'
      },
    },
    {
      id: 'download shown',
      title: 'Download what is shown',
      words: 'save profile.proto export filtered',
      icon: 'download',
      run: () => void downloadProfile(false),
    },
    {
      id: 'download',
      title: 'Download the whole profile',
      words: 'save profile.proto export',
      icon: 'download',
      run: () => void downloadProfile(true),
    },
    ...types.map(
      (t): Command => ({
        id: `si ${t.type}`,
        title: `Sample type: ${t.type.replaceAll('_', ' ')}`,
        words: 'sample index si',
        icon: 'layers',
        run: () => go({ set: { si: t.type } }),
      }),
    ),
    ...SWITCHES.map(
      (s): Command => ({
        id: `option ${s.key}`,
        title: `${s.title}: turn ${isOn(s.key) ? 'off' : 'on'}`,
        hint: s.does,
        words: 'option config refine',
        icon: 'sliders',
        run: () => switchOption(s.key),
      }),
    ),
    ...['functions', 'files', 'lines', 'addresses'].map(
      (g): Command => ({
        id: `granularity ${g}`,
        title: `By ${g}`,
        words: 'granularity',
        icon: 'sliders',
        run: () => go({ set: { g: address.peek().params.get('g') === g ? undefined : g } }),
      }),
    ),
  ]
}
