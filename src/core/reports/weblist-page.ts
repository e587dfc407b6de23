// Style and behaviour of the page that weblist writes. Everything is in the page itself.

export const WEBLIST_STYLE = `
:root { color-scheme: light dark; --dim: #6b7280; --call: #1d4ed8; --code: #166534; --hover: #f3f4f6; }
@media (prefers-color-scheme: dark) {
  :root { --dim: #9ca3af; --call: #93c5fd; --code: #86efac; --hover: #1f2937; }
}
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0; overflow-wrap: anywhere; }
.legend, .filename { color: var(--dim); margin: 0 0 .25rem; overflow-wrap: anywhere; }
pre { font: 12px/1.45 ui-monospace, monospace; margin: 0; overflow-x: auto; tab-size: 8; }
.line, .nop, .unimportant { color: var(--dim); }
.inlinesrc { color: var(--call); }
.livesrc { cursor: pointer; }
.livesrc:hover, .livesrc:focus-visible { background: var(--hover); }
.asm { color: var(--code); display: none; }
.asm.open { display: block; }
@media print { .asm { display: block; } }
`

export const WEBLIST_SCRIPT = `
function pprof_toggle_asm(event) {
  var line = event.target.closest('.livesrc')
  var asm = line && line.nextElementSibling
  if (!asm || !asm.classList.contains('asm')) return
  line.setAttribute('aria-expanded', String(asm.classList.toggle('open')))
  event.preventDefault()
}
document.addEventListener('DOMContentLoaded', function () {
  document.querySelectorAll('.livesrc').forEach(function (line) {
    line.tabIndex = 0
    line.setAttribute('role', 'button')
    line.setAttribute('aria-expanded', 'false')
  })
})
document.addEventListener('keydown', function (event) {
  if (event.key === 'Enter' || event.key === ' ') pprof_toggle_asm(event)
})
`
