// What is around each page: title, views, sample types, filters, saved configs, remarks.

import { type Config, fieldText, findField } from '../../../core/reports/config.ts'
import type { Answer } from '../server.ts'
import { Html, html, type Part } from './markup.ts'
import { pageLink, queryOfConfig } from './page-config.ts'
import type { SavedConfig } from './saved-configs.ts'
import { BODY_STYLE, HEAD_STYLE, PAGE_SCRIPT } from './style.ts'

export const VIEWS = [
  ['graph', 'Graph'],
  ['flamegraph', 'Flame graph'],
  ['top', 'Top'],
  ['peek', 'Peek'],
  ['source', 'Source'],
  ['disasm', 'Disassembly'],
] as const

export type View = (typeof VIEWS)[number][0]

/** What the head of a page shows. */
export interface Surroundings {
  readonly view: View
  /** Program and sample type. */
  readonly title: string
  /** Header lines of the profile or report. */
  readonly labels: readonly string[]
  /** The config in force, that of the command line, and the address's part of it. */
  readonly config: Config
  readonly base: Config
  readonly query: URLSearchParams
  readonly sampleTypes: readonly { readonly type: string; readonly current: boolean }[]
  readonly saved: readonly SavedConfig[]
  readonly formToken: string
  /** Remarks on the report, such as filters that matched nothing. */
  readonly remarks: readonly string[]
}

export interface PageContent {
  readonly status?: number
  readonly body: Html
  readonly styles?: readonly string[]
  readonly scripts?: readonly string[]
  /** Scripts that the body brings itself. */
  readonly ownScripts?: readonly string[]
}

export function page(s: Surroundings, content: PageContent): Answer {
  const styles = [HEAD_STYLE, BODY_STYLE, ...(content.styles ?? [])]
  const scripts = [PAGE_SCRIPT, ...(content.scripts ?? [])]
  const view = VIEWS.find(([name]) => name === s.view)![1]
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${s.title} – ${view} – goscope</title>
<link rel="icon" href="data:,">
${styles.map((style) => html`<style>${new Html(style)}</style>`)}
</head>
<body>
${pageHead(s)}
${content.body}
${scripts.map((script) => html`<script>${new Html(script)}</script>`)}
</body>
</html>
`.text
  return {
    status: content.status ?? 200,
    type: 'text/html; charset=utf-8',
    body: text,
    styles,
    scripts: [...scripts, ...(content.ownScripts ?? [])],
  }
}

export function pageHead(s: Surroundings): Html {
  const { query } = s
  return html`<header class="head">
<div class="row title"><span class="name">${s.title}</span>
<span class="push"></span>
${
  s.labels.length > 0 &&
  html`<details><summary>Details</summary><div class="float"><p class="lines">${s.labels
    .join('\n')
    .split('\n')
    .map((l) => html`${l}\n`)}</p></div></details>`
}
${savedMenu(s)}
<a href="download" download>Download</a></div>
<nav class="tabs" aria-label="Views">${VIEWS.map(
    ([name, title]) =>
      html`<a href="${pageLink(name, query)}"${name === s.view && new Html(' aria-current="page"')}>${title}</a>`,
  )}</nav>
<div class="row">${filterForm(s)}
${
  s.sampleTypes.length > 1 &&
  html`<nav class="tabs" aria-label="Sample types">${s.sampleTypes.map(
    ({ type, current }) =>
      html`<a href="${pageLink(s.view, query, { si: type })}"${current && new Html(' aria-current="true"')}>${type}</a>`,
  )}</nav>`
}</div>
${s.remarks.map((r) => html`<p class="notice">${r}</p>`)}
</header>`
}

/** Name of an option -> what its field is called. */
const FILTERS: readonly (readonly [name: string, title: string])[] = [
  ['ignore', 'Ignore stacks with'],
  ['hide', 'Hide functions'],
  ['show', 'Show only functions'],
  ['show_from', 'Show from'],
  ['tagfocus', 'Focus on labels'],
  ['tagignore', 'Ignore labels'],
  ['granularity', 'One entry per'],
  ['nodecount', 'Most entries'],
]

const CHOICES: Readonly<Record<string, string>> = {
  '': 'default',
  functions: 'function',
  filefunctions: 'function and file',
  files: 'file',
  lines: 'line',
  addresses: 'address',
}

function filterForm(s: Surroundings): Html {
  const { config, base, query } = s
  const shown = new Set(['f'])
  const fields = FILTERS.map(([name, title]) => {
    const f = findField(name)!
    const key = f.urlKey!
    shown.add(key)
    const value = fieldText(config, f)
    // An entry of the default number is no number that the user set.
    const text = name === 'nodecount' && value === '-1' ? '' : value
    const before = name === 'nodecount' && base.nodeCount === -1 ? '' : fieldText(base, f)
    const control =
      name === 'granularity'
        ? html`<select id="f-${key}" name="${key}" data-base="${before}">${['', ...(f.choices ?? [])].map(
            (c) =>
              html`<option value="${c}"${c === value && new Html(' selected')}>${CHOICES[c] ?? c}</option>`,
          )}</select>`
        : html`<input id="f-${key}" name="${key}" value="${text}" data-base="${before}" autocomplete="off" spellcheck="false"${name === 'nodecount' && new Html(' inputmode="numeric"')}>`
    return html`<label for="f-${key}">${title}</label>${control}`
  })
  const set = FILTERS.filter(([name]) => query.has(findField(name)!.urlKey!)).length
  const searched = s.view === 'peek' || s.view === 'source' || s.view === 'disasm'
  const hint = searched ? 'Functions to show (regular expression)' : 'Focus on functions (regular expression)'
  return html`<form class="filter" method="get" action="${s.view}">
<input class="main" id="filter" name="f" value="${config.focus}" data-base="${base.focus}" placeholder="${hint}" aria-label="${hint}" autocomplete="off" spellcheck="false"><kbd>/</kbd>
${[...query].filter(([key]) => !shown.has(key)).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}
<button class="first" type="submit">Apply</button>
<details><summary>More filters${set > 0 && ` (${set})`}</summary><div class="float left"><div class="fields">${fields}<span></span><button class="first" type="submit">Apply</button></div></div></details>
${[...query].length > 0 && html`<a href="${s.view}">Reset</a>`}
</form>`
}

function savedMenu(s: Surroundings): Html {
  const hidden = html`<input type="hidden" name="token" value="${s.formToken}"><input type="hidden" name="view" value="${s.view}">`
  const values: Part = [...s.query].map(
    ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`,
  )
  const entries = s.saved.map(({ name, config }) => {
    const link = pageLink(s.view, queryOfConfig({ ...config, sampleIndex: s.config.sampleIndex }, s.base))
    return html`<div class="saved"><a href="${link}">${name}</a><form method="post" action="deleteconfig">${hidden}${values}<input type="hidden" name="config" value="${name}"><button type="submit" aria-label="Delete ${name}">Delete</button></form></div>`
  })
  return html`<details><summary>Configs</summary><div class="float">${entries}
<form class="filter" method="post" action="saveconfig">${hidden}${values}<input name="config" required maxlength="200" placeholder="Name" aria-label="Name of the config" autocomplete="off"><button type="submit">Save these settings</button></form></div></details>`
}
