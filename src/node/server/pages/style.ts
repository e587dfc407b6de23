// Look and behaviour that all pages share. Colours are those of the project's look, in both themes.

import { CODE_FONT, flameProperties, UI_FONT } from '../../../core/reports/flame-theme.ts'

const light = '--critical:#bc2122;--critical-quiet:#fde9e8;--warning:#8a5601;--warning-quiet:#fdf0d2;'
const dark = '--critical:#fc7e76;--critical-quiet:#361a1a;--warning:#f0ba59;--warning-quiet:#352610;'

/** The style of the head of each page. */
export const HEAD_STYLE = `
:root{color-scheme:light dark;${flameProperties('light')}${light}}
@media (prefers-color-scheme:dark){:root{${flameProperties('dark')}${dark}}}
*{box-sizing:border-box}
html,body{margin:0;height:100%}
body{display:flex;flex-direction:column;background:var(--bg-1);color:var(--text-1);font:13px/20px ${UI_FONT}}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
.head{flex:none;background:var(--bg-2);border-bottom:1px solid var(--line-2)}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;padding:6px 16px}
.row.title{padding-bottom:0}
.name{font-weight:600;overflow-wrap:anywhere}
.quiet{color:var(--text-3)}
.tabs{display:flex;flex-wrap:wrap;gap:2px;padding:4px 12px 0}
.tabs a{padding:4px 10px 5px;border-bottom:2px solid transparent;color:var(--text-2)}
.tabs a:hover{background:var(--bg-3);text-decoration:none}
.tabs a[aria-current]{color:var(--text-1);border-color:var(--accent-solid);font-weight:600}
.head details{position:relative}
.head summary{cursor:pointer;color:var(--text-2);border-radius:5px;padding:2px 6px;list-style:none;white-space:nowrap}
.head summary::before{content:'▸ ';color:var(--text-3)}
.head details[open]>summary::before{content:'▾ '}
.head summary:hover{background:var(--bg-3)}
.float{position:absolute;z-index:2;top:28px;right:0;width:max-content;max-width:min(640px,92vw);max-height:70vh;overflow:auto;padding:12px 16px;background:var(--bg-float);border:1px solid var(--line-2);border-radius:8px;box-shadow:var(--shadow)}
.float.left{right:auto;left:0}
.push{margin-left:auto}
.lines{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.notice{max-width:none;margin:0;padding:6px 16px;background:var(--warning-quiet);color:var(--warning);border-bottom:1px solid var(--line-2);overflow-wrap:anywhere}
main .notice{border:0;border-radius:5px;margin-bottom:12px}
.notice.bad{background:var(--critical-quiet);color:var(--critical)}
form{margin:0}
.filter{display:flex;flex-wrap:wrap;align-items:center;gap:6px 8px}
input,select,button{height:26px;font:inherit;color:var(--text-1);background:var(--bg-1);border:1px solid var(--line-3);border-radius:5px;padding:0 8px;min-width:0}
input.main{width:22em}
button{background:var(--bg-3);border-color:var(--line-2);cursor:pointer}
button:hover{background:var(--line-2)}
button.first{background:var(--accent-solid);color:var(--on-accent);border-color:transparent}
.fields{display:grid;grid-template-columns:max-content minmax(16em,1fr);gap:6px 12px;align-items:center}
.fields label{color:var(--text-2)}
.saved{display:flex;gap:8px;align-items:center;justify-content:space-between;margin:0 0 6px}
kbd{font:11px/16px ${CODE_FONT};border:1px solid var(--line-2);border-radius:3px;padding:0 4px;color:var(--text-3)}
`

/** The style of what is below. */
export const BODY_STYLE = `
main:focus{outline:none}
main{flex:1;min-height:0;overflow:auto;padding:12px 16px 24px}
h2{font-size:13px;font-weight:600;margin:20px 0 4px;overflow-wrap:anywhere}
h2:first-child{margin-top:0}
h2 small{display:block;font:12px/16px ${CODE_FONT};color:var(--text-3)}
main p{margin:0 0 8px;max-width:72em}
table{border-collapse:collapse;font:12px/18px ${CODE_FONT};font-variant-numeric:tabular-nums}
td,th{padding:3px 12px 3px 0;text-align:right;white-space:nowrap;vertical-align:top}
th{position:sticky;top:-12px;background:var(--bg-1);font:600 12px/18px ${UI_FONT};color:var(--text-2);box-shadow:inset 0 -1px var(--line-2);z-index:1}
th button{border:0;background:none;padding:0;height:auto;font:inherit;color:inherit;cursor:pointer}
th[aria-sort] button{color:var(--text-1)}
th[aria-sort=descending] button::after{content:' ↓'}
th[aria-sort=ascending] button::after{content:' ↑'}
td.n,th.n{text-align:left;padding-left:8px;white-space:normal;overflow-wrap:anywhere}
tbody tr:hover td{background:var(--bg-2)}
tr.self td{background:var(--accent-quiet);font-weight:600}
tr.gap td{height:12px;padding:0}
tr.gap:hover td{background:none}
td:first-child{padding-left:6px}
td .quiet,.n .quiet{font-weight:400}
tr.call td.n{padding-left:32px}
pre,.code{font:12px/18px ${CODE_FONT};margin:0;tab-size:8}
pre{overflow-x:auto}
.code{white-space:pre;overflow-x:auto;border:1px solid var(--line-1);border-radius:5px;padding:6px 0}
.code>*{display:block;min-width:max-content;padding:0 12px}
.code>.hot,.code>details.hot>summary{color:var(--text-1)}
.code>div,.code summary{color:var(--text-2)}
.code summary{cursor:pointer;list-style:none}
.code summary:hover,.code summary:focus-visible{background:var(--bg-3)}
.code .weight{color:var(--text-1);font-weight:600}
.code .ln{color:var(--text-3)}
.code details[open]{background:var(--bg-2)}
.asm{color:var(--accent)}
.asm .call{color:var(--info)}
.asm .quiet{color:var(--text-3)}
.picture{padding:0;overflow:hidden;background:#fff}
.picture svg{display:block;width:100%;height:100%}
@media (prefers-color-scheme:dark){.picture{background:#121212}.picture svg{filter:invert(.93) hue-rotate(180deg)}}
@media print{.head form,.head details,.tabs{display:none}body,html{height:auto}main{overflow:visible}}
`

/** Sorts tables by their heads, brings `/` to the filter, and leaves empty fields out of the address. */
export const PAGE_SCRIPT = `
'use strict';
document.addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
  const field = document.getElementById('filter');
  if (!field) return;
  e.preventDefault();
  field.focus();
  field.select();
});
document.addEventListener('submit', (e) => {
  for (const field of e.target.querySelectorAll('[data-base]')) field.disabled = field.value === field.dataset.base;
});
// What scrolls is not the document: without the focus, keys would not reach it.
const main = document.querySelector('main:not(.picture)');
if (main) {
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
}
addEventListener('pageshow', () => {
  for (const field of document.querySelectorAll('[data-base]')) field.disabled = false;
});
document.addEventListener('click', (e) => {
  for (const box of document.querySelectorAll('.head details[open]')) if (!box.contains(e.target)) box.open = false;
  const button = e.target.closest('th button');
  if (!button) return;
  const head = button.closest('th');
  const text = head.classList.contains('n');
  const first = text ? 'ascending' : 'descending';
  const order = head.getAttribute('aria-sort') === first ? (text ? 'descending' : 'ascending') : first;
  for (const other of head.parentElement.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', order);
  const sign = order === 'ascending' ? 1 : -1;
  const body = head.closest('table').tBodies[0];
  const key = (row) => row.cells[head.cellIndex].dataset.v ?? row.cells[head.cellIndex].textContent;
  const rows = [...body.rows].map((row) => [text ? key(row) : Number(key(row)), row]);
  rows.sort(([a], [b]) => (a < b ? -sign : a > b ? sign : 0));
  body.append(...rows.map(([, row]) => row));
});
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape') return;
  for (const box of document.querySelectorAll('.head details[open]')) box.open = false;
});
`
