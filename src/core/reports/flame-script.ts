// The script of the flame page and picture: one app that mounts in a page's body, or over an SVG that a
// browser shows as a document. It reads the columns that flame-data.ts writes, and loads nothing.
// It is text: it runs where this project's modules do not. test/e2e/flame.test.ts runs it in a browser.
//
// 1. Frames lie where their weights put them; `view` is the range of weights that fills the width.
// 2. Frames are drawn as one path per colour (a few elements for thousands of frames), names as texts.
//    What is narrower than half a pixel or out of sight is not drawn.
// 3. Where the pointer is follows from the boxes drawn, row by row; no element has a listener of its own.
// 4. Names are set as text, never as markup.

export const FLAME_SCRIPT = String.raw`(() => {
'use strict'
const XH = 'http://www.w3.org/1999/xhtml', SV = 'http://www.w3.org/2000/svg'
const D = JSON.parse(document.getElementById('goscope-data').textContent)
const NB = '\u202f', ROW = 20, B = D.box, F = D.frame, N = B.f.length
const names = F.name

/* boxes: place, parent and end of what is above each */
const X = new Float64Array(N), W = Float64Array.from(B.w), T = B.t ? Float64Array.from(B.t) : W, S = Float64Array.from(B.s)
const P = new Int32Array(N).fill(-1), E = new Int32Array(N), R = new Uint32Array(N)
let deepest = 0
{
  const cursor = [0], path = [], above = new Uint32Array(names.length)
  for (let i = 0; i < N; i++) {
    const d = B.d[i], less = i >= D.lessFrom
    if (i === D.lessFrom || i === 0) cursor[1] = D.middle
    while (path.length > d) { const p = path.pop(); E[p] = i; above[B.f[p]]-- }
    if (d > 0) {
      P[i] = path[d - 1]
      if (less) { cursor[d] -= W[i]; X[i] = cursor[d]; cursor[d + 1] = X[i] + W[i] }
      else { X[i] = cursor[d]; cursor[d] += W[i]; cursor[d + 1] = X[i] }
    }
    R[i] = above[B.f[i]]++
    path.push(i)
    if (d > deepest) deepest = d
  }
  for (const p of path) E[p] = N
}
const ALL = W[0] || 1
/* what goes on to callees that are not here, and where: behind the callees that are */
const L = new Float64Array(N)
for (let i = 0; i < N; i++) L[i] = W[i] - (D.signed ? (S[i] < 0 === i >= D.lessFrom ? Math.abs(S[i]) : 0) : S[i])
for (let i = 1; i < N; i++) L[P[i]] -= W[i]
if (D.signed) L[0] = 0
for (let i = 0; i < N; i++) if (L[i] < ALL * 1e-9) L[i] = 0

/* functions: their sums over all samples, left out here or not */
const fnTotal = Float64Array.from(F.total), fnSelf = Float64Array.from(F.self), fnPlaces = new Uint32Array(names.length)
const sided = i => D.signed ? (i >= D.lessFrom ? -W[i] : W[i]) : W[i]
for (let i = 1; i < N; i++) fnPlaces[B.f[i]]++

/* numbers */
const group = v => String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, NB)
const three = x => Number.isInteger(x) || Math.round(x) >= 100 ? group(x) : x.toFixed(Number(x.toPrecision(3)) >= 10 ? 1 : 2)
const STEPS = {
  time: [[1, 'ns', 1e3], [1e3, 'µs', 1e3], [1e6, 'ms', 1e3], [1e9, 's', 120], [60e9, 'min', 120], [3600e9, 'h', 48], [86400e9, 'd', Infinity]],
  bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'].map((u, k) => [1024 ** k, u, k === 6 ? Infinity : 1024]),
  count: [[1, '', 1e6], ...['M', 'G', 'T', 'P', 'E'].map((u, k) => [1000 ** (k + 2), u, k === 4 ? Infinity : 1000])],
}
function value(v) {
  if (v === 0) return '0'
  const x = Math.abs(v) * D.value.factor, steps = STEPS[D.value.kind]
  const near = y => y >= 100 ? Math.round(y) : Number(y.toPrecision(3))
  const [size, unit] = steps.find(([s, , below]) => near(x / s) < below) || steps[steps.length - 1]
  const y = x / size
  return (v < 0 ? '−' : '') + (y < 1 && near(y) >= 1 ? '1.00' : three(y)) + (unit && NB + unit) + (D.value.unit && NB + D.value.unit)
}
const amount = v => (D.signed && v > 0 ? '+' : '') + value(v)
function share(v) {
  if (!D.whole) return '–'
  const s = v / D.whole * 100, a = Math.abs(s), sign = s < 0 ? '−' : ''
  if (v === 0) return '0' + NB + '%'
  return a < .05 ? sign + '<' + NB + '0.1' + NB + '%' : sign + (a >= 99.95 ? Math.round(a) : a.toFixed(1)) + NB + '%'
}
const count = (n, one, many) => group(n) + ' ' + (n === 1 ? one : many || one + 's')

/* names: the longest that fits of the whole, pkg.(*T).m, (*T).m, m */
function split(n) {
  const b = n.search(/[([<{ ]/), head = b < 0 ? n : n.slice(0, b), dot = head.indexOf('.', head.lastIndexOf('/') + 1)
  if (dot > 0 && dot < n.length - 1) return [n.slice(0, dot + 1), n.slice(dot + 1)]
  const c = head.lastIndexOf('::')
  return c > 0 && c + 2 < n.length ? [n.slice(0, c + 2), n.slice(c + 2)] : ['', n]
}
function collapse(n) {
  let out = '', depth = 0
  for (let i = 0; i < n.length; i++) {
    const c = n[i]
    if (c === '[' && (depth > 0 || (i > 0 && /[\w)]/.test(n[i - 1]) && n[i + 1] !== ']')) && depth++ === 0) out += '[…'
    if (depth === 0) out += c
    if (c === ']' && depth > 0 && --depth === 0) out += ']'
  }
  return depth === 0 ? out : n
}
const labelsOf = new Map()
function labels(f) { // [text, how much of it is path][]
  let l = labelsOf.get(f)
  if (l) return l
  const n = names[f]
  if (n.length > 4096 || F.origin[f] < 0) l = [[n.slice(0, 4096), 0]]
  else {
    const [path, fn] = split(n), pkg = path.slice(path.lastIndexOf('/') + 1), short = collapse(fn), m = /^\(?\*?[^.()]+\)?\.(.+)$/.exec(short)
    l = path === '' ? [[n, 0]] : [[n, path.length], [pkg + fn, pkg.length], [fn, 0], [short, 0]]
    if (path !== '' && m) l.push([m[1], 0])
  }
  if (D.by === 'line' && F.line[f] > 0) { const at = ':' + F.line[f]; l = l.map(([t, p]) => [t + at, p]) }
  labelsOf.set(f, l)
  return l
}
const place = f => (D.files[F.file[f]] || '') + (F.line[f] > 0 && D.files[F.file[f]] ? ':' + F.line[f] : '')
const cutLong = (n, most = 400) => n.length > most ? n.slice(0, most) + '…' : n

/* elements */
function h(tag, props, ...kids) {
  const e = document.createElementNS(XH, tag)
  for (const k in props) {
    if (k.startsWith('on')) e.addEventListener(k.slice(2), props[k])
    else if (props[k] !== undefined && props[k] !== false) e.setAttribute(k, props[k] === true ? '' : props[k])
  }
  e.append(...kids.filter(k => k != null))
  return e
}
function v(tag, props, ...kids) {
  const e = document.createElementNS(SV, tag)
  for (const k in props) e.setAttribute(k, props[k])
  e.append(...kids)
  return e
}
const ICONS = {
  search: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm3.2 7.7 3.3 3.3', all: 'M1.500 2.500h11M1.500 5.800h8M3 9.100h5M4 12h2',
  theme: 'M7 1.500a5.500 5.500 0 1 0 0 11Zm0 0a5.500 5.500 0 0 1 0 11', keys: 'M1.200 3.300h11.600v7.400H1.200ZM3.700 5.800h.1M6.950 5.800h.1M10.200 5.800h.1M4.600 8.300h4.800',
  x: 'm4 4 6 6M10 4l-6 6', zoom: 'M6 1.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9Zm3.200 7.700 3.300 3.300M4 6h4M6 4v4', copy: 'M4.500 4.500h7v8h-7ZM2.500 10v-8h7',
  info: 'M7 1.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11ZM7 6.500v3M7 4.200v.1', side: 'M1.500 2.500h11v9h-11ZM8.500 2.500v9',
}
const icon = k => v('svg', { class: 'i', viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' }, v('path', { d: ICONS[k] }))
function nameParts(f, short) {
  const n = names[f], [path, fn] = n.length > 4096 ? ['', n] : split(n)
  const at = D.by === 'line' && F.line[f] > 0 ? ':' + F.line[f] : ''
  const out = h('span', { class: 'name', dir: 'ltr' })
  if (path) out.append(h('span', { class: 'pk' }, cutLong(path)))
  out.append(h('span', { class: 'fn' }, cutLong(short ? collapse(fn.slice(0, 4096)) : fn) + at))
  return out
}

const root = document.documentElement, inSvg = root.namespaceURI === SV
const state = { z: 0, s: -1, q: '', colour: D.signed ? 'signed' : 'origin', theme: '', cb: false, aside: true }

const input = h('input', { type: 'text', id: 'gs-q', spellcheck: 'false', autocomplete: 'off', placeholder: 'Search ' + count(names.length - 1, D.by === 'line' ? 'line' : 'function'), 'aria-label': 'Search functions, a regular expression' })
const found = h('span', { class: 'found', role: 'status' })
const searchBox = h('label', { class: 'search' }, icon('search'), input, found, h('kbd', {}, '/'))
const button = (ic, text, key, run, label) => h('button', { type: 'button', class: text ? 'ctl' : 'ctl ic', title: (label || text) + (key ? ' (' + key + ')' : ''), 'aria-label': label || text, onclick: run }, icon(ic), text || null)
const crumbs = h('nav', { class: 'crumbs', 'aria-label': 'Zoom' })
const legend = h('div', { class: 'legend' })
const noticeBar = h('div', { class: 'notices' }, ...D.notices.map(t => h('p', {}, icon('info'), h('span', {}, t))))
const svg = v('svg', { class: 'frames', role: 'presentation' })
const item = h('div', { role: 'treeitem', id: 'gs-item', class: 'sr' })
const live = h('div', { class: 'sr', 'aria-live': 'polite', id: 'gs-live' })
const pane = h('div', { class: 'pane', id: 'gs-pane', role: 'tree', tabindex: '0', 'aria-label': 'Flame graph', 'aria-activedescendant': 'gs-item' }, item, svg)
const aside = h('aside', { class: 'aside', 'aria-label': 'Details' })
const status = h('footer', { class: 'status' })
const tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' })
const keys = h('div', { class: 'ov', id: 'gs-keys', hidden: true, role: 'dialog', 'aria-label': 'Keyboard', onclick: () => { keys.hidden = true } })
const colourSeg = h('span', { class: 'seg', role: 'group', 'aria-label': 'Colour' })
const bar = h('header', { class: 'bar' },
  v('svg', { class: 'logo', viewBox: '0 0 22 22', width: 22, height: 22, 'aria-label': 'goscope', role: 'img' },
    v('rect', { x: 1, y: 1, width: 20, height: 20, rx: 6, class: 'lg1' }), v('path', { d: 'M5.500 7h11M5.500 11h7.500M5.500 15h4', class: 'lg2' }), v('circle', { cx: 15.3, cy: 14.6, r: 2.3, class: 'lg3' })),
  h('h1', { class: 'title', title: D.title }, cutLong(D.title, 200)), h('span', { class: 'sub', title: D.subtitle }, D.subtitle), h('span', { class: 'grow' }),
  searchBox, button('all', 'All', '0', () => zoom(0), 'Show all'),
  button('side', '', ']', () => toggleAside(), 'Details'), button('theme', '', 'T', () => toggleTheme(), 'Change theme'), button('keys', '', '?', () => { keys.hidden = false }, 'Keyboard shortcuts'))
const app = h('div', { class: 'gs' }, bar, h('div', { class: 'bar2' }, crumbs, h('span', { class: 'grow' }), legend, colourSeg), D.notices.length ? noticeBar : null,
  h('main', { class: 'main' }, pane, aside), status, tip, keys, live)

/* colours */
const COLOURS = D.signed ? ['signed'] : ['origin', 'package']
function hash(s) { let x = 2166136261; for (let i = 0; i < s.length; i++) x = Math.imul(x ^ s.charCodeAt(i), 16777619); return (x ^ x >>> 13) >>> 0 }
const catOf = names.map(n => hash(n.length > 4096 ? n.slice(0, 400) : split(n)[0]) % 12 + 1)
const step = w => { const s = D.whole ? w / D.whole : 0; return s > .1 ? 3 : s > .02 ? 2 : s > .004 ? 1 : 0 }
function fill(i) {
  const f = B.f[i]
  if (F.origin[f] < 0) return 'root'
  if (D.signed) { const k = step(W[i]); return (state.cb ? 'cb' : 'd') + (k === 0 ? '0' : (i >= D.lessFrom ? 'm' : 'p') + k) }
  return state.colour === 'package' ? 'c' + catOf[f] : 'o' + F.origin[f]
}

/* search */
let match = null, hits = new Uint8Array(names.length)
function search(q) {
  state.q = q
  match = null
  if (q !== '') {
    try { match = new RegExp(q, q === q.toLowerCase() ? 'i' : '') } catch { match = null }
    const low = q.toLowerCase()
    hits = Uint8Array.from(names, (n, f) => f > 0 && (match ? match.test(n) || match.test(D.files[F.file[f]] || '') : n.toLowerCase().includes(low)) ? 1 : 0)
    match = match || 'text'
    let boxes = 0, weight = 0
    for (let i = 1; i < N;) {
      if (hits[B.f[i]]) {
        weight += W[i]
        for (let k = i; k < E[i]; k++) if (hits[B.f[k]]) boxes++
        i = E[i]
      } else i++
    }
    found.textContent = boxes === 0 ? 'nothing found' : count(boxes, 'frame') + ' · ' + share(weight)
    searchBox.classList.toggle('none', boxes === 0)
    if (match === 'text') found.textContent += ' (as text)'
  } else { found.textContent = ''; searchBox.classList.remove('none') }
  draw()
}
function nextMatch(step) {
  if (!match) return
  const from = state.s < 0 ? (step > 0 ? 0 : N) : state.s
  for (let k = 1; k <= N; k++) {
    const i = ((from + step * k) % N + N) % N
    if (hits[B.f[i]] && W[i] > 0) {
      if (i < state.z || i >= E[state.z]) setZoom(0)
      select(i, true)
      return
    }
  }
}

/* drawing */
const view = { a: 0, b: ALL }
const measure = document.createElementNS(XH, 'canvas').getContext('2d')
const widths = new Map()
let font = ''
function textWidth(t) {
  let w = widths.get(t)
  if (w === undefined) { measure.font = font; w = measure.measureText(t).width; if (widths.size > 50000) widths.clear(); widths.set(t, w) }
  return w
}
let rows = [], bands = [], drawn = 0, narrow = 0, width = 0
const paths = new Map(), overlay = { many: v('path', { class: 'many' }), inl: v('path', { class: 'inl' }), line: v('path', { class: 'mid' }), same: v('path', { class: 'same' }), sel: v('path', { class: 'sel' }) }
const shapes = v('g', {}), texts = v('g', {})
svg.append(overlay.many, shapes, overlay.inl, texts, overlay.line, overlay.same, overlay.sel)
const rectPath = (x, y, w, hh) => w > 8 ? 'M' + (x + 2) + ' ' + y + 'h' + (w - 4) + 'a2 2 0 0 1 2 2v' + (hh - 4) + 'a2 2 0 0 1-2 2h' + (4 - w) + 'a2 2 0 0 1-2-2v' + (4 - hh) + 'a2 2 0 0 1 2-2z' : 'M' + x + ' ' + y + 'h' + w + 'v' + hh + 'h' + -w + 'z'
const r2 = x => Math.round(x * 100) / 100

function draw() {
  width = pane.clientWidth
  if (width <= 0) return
  const k = width / (view.b - view.a || 1), top = pane.scrollTop, bottom = top + pane.clientHeight
  const parts = new Map(), dash = [], same = [], list = []
  rows = []
  bands = []
  drawn = narrow = 0
  // Neighbours too narrow to draw become one quiet band, so that a place with much in it is not empty.
  const many = [], runs = []
  const flush = d => {
    const r = runs[d]
    if (!r) return
    runs[d] = null
    const x = Math.max(0, r.a), w = Math.min(width, r.b) - x, y = d * ROW
    if (w < 1) return
    if (d > depth) depth = d
    ;(bands[d] || (bands[d] = [])).push({ x, to: x + w, n: r.n, w: r.w, lost: r.lost })
    if (y + ROW >= top && y <= bottom) many.push('M' + r2(x) + ' ' + y + 'h' + r2(Math.max(.7, w - 1)) + 'v' + (ROW - 1) + 'h' + -r2(Math.max(.7, w - 1)) + 'z')
  }
  const band = (d, x0, w0, n, weight, lost) => {
    const r = runs[d]
    if (r && Math.min(Math.abs(x0 - r.b), Math.abs(x0 + w0 - r.a)) < .01 && r.lost === lost) { r.a = Math.min(r.a, x0); r.b = Math.max(r.b, x0 + w0); r.n += n; r.w += weight; return }
    flush(d)
    runs[d] = { a: x0, b: x0 + w0, n, w: weight, lost }
  }
  let depth = 0
  const sf = hover >= 0 ? B.f[hover] : state.s >= 0 ? B.f[state.s] : -1
  let selPath = ''
  for (let i = 0; i < N;) {
    const x0 = (X[i] - view.a) * k, w0 = W[i] * k
    if (x0 >= width || x0 + w0 <= 0) { i = E[i]; continue }
    const d = B.d[i], y = d * ROW
    if (w0 < .5) { narrow += E[i] - i; band(d, x0, w0, E[i] - i, W[i], false); i = E[i]; continue }
    if (L[i] * k >= .05) {
      let kids = 0
      for (let c = i + 1; c < E[i]; c = E[c]) kids += W[c]
      const lx = i >= D.lessFrom ? x0 + w0 - (kids + L[i]) * k : x0 + kids * k
      band(d + 1, lx, L[i] * k, 0, L[i], true)
    }
    if (d > depth) depth = d
    const x = Math.max(0, x0), right = Math.min(width, x0 + w0), w = right - x
    const row = rows[d] || (rows[d] = { x: [], i: [] })
    row.x.push(x, right); row.i.push(i)
    drawn++
    if (y + ROW >= top && y <= bottom) {
      const f = B.f[i], ww = Math.max(.7, w - (w > 3 ? 1 : 0)), hit = match && hits[f]
      const key = match && f !== 0 ? (hit ? 'hit' : 'x-' + fill(i)) : fill(i)
      let p = parts.get(key)
      if (!p) parts.set(key, p = [])
      const shape = rectPath(r2(x), y, r2(ww), ROW - 1)
      p.push(shape)
      if (B.i[i] && w > 10) dash.push('M' + r2(x + 3) + ' ' + (y + ROW - 3.5) + 'H' + r2(x + ww - 3))
      if (f === sf && w > 1 && f !== 0) same.push(rectPath(r2(x + .75), y + .75, r2(Math.max(.1, ww - 1.5)), ROW - 2.5))
      if (i === state.s) selPath = rectPath(r2(x + 1), y + 1, r2(Math.max(.1, ww - 2)), ROW - 3)
      if (w >= 22) label(list, i, x, y, w, key)
    }
    i++
  }
  for (let d = 0; d < runs.length; d++) flush(d)
  overlay.many.setAttribute('d', many.join(''))
  for (const [key, e] of paths) if (!parts.has(key)) { e.remove(); paths.delete(key) }
  for (const [key, p] of parts) {
    let e = paths.get(key)
    if (!e) { e = v('path', { class: key }); paths.set(key, e); shapes.append(e) }
    e.setAttribute('d', p.join(''))
  }
  overlay.inl.setAttribute('d', dash.join(''))
  overlay.same.setAttribute('d', same.join(''))
  overlay.sel.setAttribute('d', selPath)
  const mid = (D.middle - view.a) * k
  overlay.line.setAttribute('d', D.signed && mid > 0 && mid < width ? 'M' + r2(mid - .5) + ' ' + ROW + 'V' + (depth + 1) * ROW : '')
  texts.replaceChildren(...list)
  const height = (depth + 1) * ROW + 6
  svg.setAttribute('width', width)
  svg.setAttribute('height', height)
  showStatus()
}
function label(list, i, x, y, w, key) {
  const f = B.f[i]
  let room = w - 10, at = x + 5
  const dim = key.startsWith('x-') ? ' dim' : key === 'hit' ? ' onhit' : ''
  if (R[i] > 0) {
    if (room < 12) return
    list.push(v('text', { x: r2(at), y: y + 14, class: 't' + dim }, '↻'))
    at += 13; room -= 13
  }
  const all = labels(f)
  for (const [t, path] of all) {
    if (t.length * 3 > room || textWidth(t) > room) continue
    const e = v('text', { x: r2(at), y: y + 14, class: (f === 0 ? 't rt' : 't') + dim })
    if (path > 0) { e.append(v('tspan', { class: 'tp' + (key === 'o0' ? ' same-ink' : '') }, t.slice(0, path)), t.slice(path)) } else e.append(t)
    list.push(e)
    return
  }
  const last = all[all.length - 1][0]
  if (room < 24) return
  let lo = 1, hi = Math.min(last.length - 1, Math.ceil(room / 3))
  while (lo < hi) { const m = (lo + hi + 1) >> 1; if (textWidth(last.slice(0, m) + '…') <= room) lo = m; else hi = m - 1 }
  let cut = last.slice(0, lo)
  if (/[\ud800-\udbff]$/.test(cut)) cut = cut.slice(0, -1)
  if (cut.length >= 2) list.push(v('text', { x: r2(at), y: y + 14, class: 't' + dim }, cut + '…'))
}
let scheduled = 0
const redraw = () => { if (!scheduled) scheduled = requestAnimationFrame(() => { scheduled = 0; draw() }) }

function boxAt(clientX, clientY) {
  const r = svg.getBoundingClientRect(), x = clientX - r.left, y = clientY - r.top, row = rows[Math.floor(y / ROW)]
  if (!row || x < 0 || x > width) return -1
  let lo = 0, hi = row.i.length - 1
  // The less side is laid out from the middle to the left: order within a row is not by x.
  if (D.signed) { for (let k = 0; k <= hi; k++) if (x >= row.x[2 * k] && x < row.x[2 * k + 1]) return row.i[k]; return -1 }
  while (lo <= hi) {
    const m = (lo + hi) >> 1
    if (x < row.x[2 * m]) hi = m - 1
    else if (x >= row.x[2 * m + 1]) lo = m + 1
    else return row.i[m]
  }
  return -1
}

function bandAt(clientX, clientY) {
  const r = svg.getBoundingClientRect(), x = clientX - r.left
  return (bands[Math.floor((clientY - r.top) / ROW)] || []).find(b => x >= b.x && x < b.to)
}

/* zoom */
const still = matchMedia('(prefers-reduced-motion: reduce)')
let moving = 0
function setZoom(z) { state.z = z; view.a = X[z]; view.b = X[z] + (W[z] || 1) }
function zoom(z, quiet) {
  const a0 = view.a, b0 = view.b, a1 = X[z], b1 = X[z] + (W[z] || 1)
  if (state.z === z && a0 === a1 && b0 === b1) return
  state.z = z
  hideTip()
  cancelAnimationFrame(moving)
  if (quiet || still.matches || drawn > 8000 || document.hidden) { setZoom(z); draw() }
  else {
    const t0 = performance.now()
    const tick = now => {
      const t = Math.min(1, Math.max(0, (now - t0) / 160)), e = 1 - (1 - t) ** 3
      view.a = a0 + (a1 - a0) * e; view.b = b0 + (b1 - b0) * e
      draw()
      if (t < 1) moving = requestAnimationFrame(tick)
    }
    moving = requestAnimationFrame(tick)
  }
  showCrumbs()
  if (!quiet) remember()
  say('Zoom: ' + cutLong(names[B.f[z]], 200))
}
function showCrumbs() {
  const chain = []
  for (let i = state.z; i >= 0; i = P[i]) chain.push(i)
  chain.reverse()
  const kids = []
  const crumb = (i, on) => h('button', { type: 'button', class: 'chip' + (on ? ' a' : ''), title: cutLong(names[B.f[i]]), onclick: () => zoom(i) }, i === 0 ? 'all ' + amount(T[0]) : cutLong(labels(B.f[i]).at(-1)[0], 40))
  chain.forEach((i, k) => {
    if (k > 0 && k < chain.length - 3) { if (k === 1) kids.push(h('span', { class: 'sep' }, '›'), h('span', { class: 't3' }, '…')); return }
    if (k > 0) kids.push(h('span', { class: 'sep' }, '›'))
    kids.push(crumb(i, k === chain.length - 1))
  })
  crumbs.replaceChildren(...kids)
}

/* selection and details */
let hover = -1
function describe(i) {
  const f = B.f[i], kids = []
  for (let k = i + 1; k < E[i]; k = E[k]) kids.push(k)
  return cutLong(names[f], 400) + ', ' + amount(sided(i)) + ', ' + share(sided(i)) + ', level ' + B.d[i] + ', ' + count(kids.length, D.inverted ? 'caller' : 'callee') + (B.i[i] ? ', inlined' : '') + (R[i] ? ', recursion ' + (R[i] + 1) : '')
}
function select(i, reveal) {
  state.s = i
  pane.classList.toggle('has', i >= 0)
  if (i >= 0) {
    item.textContent = describe(i)
    item.setAttribute('aria-level', B.d[i] + 1)
    say(item.textContent)
    if (reveal) {
      const y = B.d[i] * ROW
      if (y < pane.scrollTop + ROW || y > pane.scrollTop + pane.clientHeight - 2 * ROW) pane.scrollTop = Math.max(0, y - pane.clientHeight / 2)
    }
  }
  draw(); showDetails(); remember(true)
}
function say(t) { live.textContent = t }
const meter = (part, of, cls) => { const e = h('div', { class: 'meter' }), b = h('i', { class: cls }); b.style.width = Math.max(0, Math.min(100, of ? Math.abs(part) / Math.abs(of) * 100 : 0)) + '%'; e.append(b); return e }
const inkOf = f => D.signed ? (fnTotal[f] < 0 ? 'm2b' : 'p2b') : 'o' + F.origin[f] + 'b'
// A call that is inside the same call is counted with that one.
const inside = (caller, callee, i) => { for (let a = P[i]; a > 0; a = P[a]) if (B.f[a] === callee && B.f[P[a]] === caller) return true; return false }
function neighbours(f) {
  const up = new Map, down = new Map
  for (let i = 1; i < N; i++) {
    if (B.f[i] !== f) continue
    const p = P[i]
    if (p > 0 && B.f[p] !== f && !inside(B.f[p], f, p)) up.set(B.f[p], (up.get(B.f[p]) || 0) + sided(i))
    for (let k = i + 1; k < E[i]; k = E[k]) if (B.f[k] !== f && !inside(f, B.f[k], i)) down.set(B.f[k], (down.get(B.f[k]) || 0) + sided(k))
  }
  const sort = m => [...m].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
  return D.inverted ? [sort(down), sort(up)] : [sort(up), sort(down)]
}
const drawnOnly = L.some(x => x > 0) ? ', of what is here' : ''
function firstPlace(f) {
  let best = -1
  for (let i = 1; i < N; i++) if (B.f[i] === f && (best < 0 || W[i] > W[best])) best = i
  return best
}
const functionRow = (f, value_, of) => h('button', { type: 'button', class: 'frow', title: cutLong(names[f]) + (fnPlaces[f] ? '' : ' (only in parts that are left out)'), disabled: !fnPlaces[f], onclick: () => { const i = firstPlace(f); if (i < 0) return; if (i < state.z || i >= E[state.z]) { setZoom(0); showCrumbs() } select(i, true) } },
  h('span', { class: 'fl' }, nameParts(f, true), h('span', { class: 'num' }, amount(value_))), meter(value_, of, inkOf(f)))
function section(title, n, list, of) {
  const box = h('section', { class: 'sec' }, h('div', { class: 'lab' }, h('span', {}, title), h('span', {}, group(n))))
  const show = most => { for (const [f, w] of list.slice(box.childElementCount - 1, most)) box.append(functionRow(f, w, of)) }
  show(6)
  if (list.length > 6) { const more = h('button', { type: 'button', class: 'link', onclick: () => { more.remove(); show(list.length > 500 ? 500 : list.length) } }, 'Show all ' + group(list.length)); box.append(more) }
  return box
}
let topOrder = 'total'
function showDetails() {
  if (state.s < 0) {
    const by = topOrder === 'total' ? fnTotal : fnSelf
    const order = [...names.keys()].filter(f => F.origin[f] >= 0 && by[f] !== 0).sort((a, b) => Math.abs(by[b]) - Math.abs(by[a])).slice(0, 200)
    const seg = h('span', { class: 'seg' }, ...['total', 'self'].map(k => h('button', { type: 'button', class: topOrder === k ? 'on' : '', 'aria-pressed': String(topOrder === k), onclick: () => { topOrder = k; showDetails() } }, k === 'total' ? 'Total' : 'Self')))
    const of = order.length ? by[order[0]] : 1
    const box = h('section', { class: 'sec' }, ...order.map(f => functionRow(f, by[f], of)))
    aside.replaceChildren(h('div', { class: 'ph' }, h('b', {}, D.by === 'line' ? 'Lines' : 'Functions'), h('span', { class: 't3' }, order.length < D.functions ? 'first ' + group(order.length) + ' of ' + group(D.functions) : group(order.length)), h('span', { class: 'grow' }), seg), h('div', { class: 'scroll' }, box))
    return
  }
  const i = state.s, f = B.f[i], isRoot = F.origin[f] < 0
  const long = names[f].length > 400
  const name = h('div', { class: 'dname' }, isRoot ? h('span', { class: 'fn' }, names[f]) : nameParts(f, false))
  const head = [name]
  if (long) head.push(h('button', { type: 'button', class: 'link', onclick: e => { name.replaceChildren(h('span', { class: 'fn' }, names[f])); e.target.remove() } }, 'Show all ' + group(names[f].length) + ' characters'))
  const where = [place(f), isRoot ? '' : D.origins[F.origin[f]][1]].filter(Boolean).join(' · ')
  if (where) head.push(h('div', { class: 'where' }, where))
  const chips = []
  if (B.i[i]) chips.push(h('span', { class: 'il', title: 'inlined into its caller' }, 'inl'))
  if (R[i]) chips.push(h('span', { class: 'il', title: 'called by itself' }, '↻ ×' + (R[i] + 1)))
  if (chips.length) head.push(h('div', { class: 'chips' }, ...chips))
  head.push(h('div', { class: 'acts' }, button('zoom', 'Zoom', 'Enter', () => zoom(i)), button('copy', 'Name', 'C', () => copy(false), 'Copy name'), button('copy', 'Stack', 'Shift C', () => copy(true), 'Copy stack')))
  const big = (t, x) => h('div', {}, h('div', { class: 'lab' }, t), h('div', { class: 'big' }, amount(x)), h('div', { class: 'xs t2' }, share(x) + ' of all'))
  const total = isRoot ? T[0] : fnTotal[f], self = isRoot ? S[0] : fnSelf[f]
  const kids = [h('section', { class: 'sec' }, ...head), h('section', { class: 'sec' }, h('div', { class: 'two' }, big('Total', total), big('Self', self)), isRoot ? null : meter(self, total, inkOf(f)),
    h('div', { class: 'xs t3 gap' }, isRoot ? D.stacks : 'this frame: ' + amount(sided(i)) + ', ' + share(sided(i)) + ', level ' + group(B.d[i]) + '; in ' + count(fnPlaces[f], 'place')),
    L[i] > 0 ? h('div', { class: 'xs t3 gap' }, amount(i >= D.lessFrom ? -L[i] : L[i]) + ' in callees that are left out') : null)]
  if (!isRoot) {
    const [up, down] = neighbours(f), of = Math.abs(total) || 1
    if (up.length) kids.push(section('Callers' + drawnOnly, up.length, up, of))
    if (down.length) kids.push(section('Callees' + drawnOnly, down.length, down, of))
  }
  aside.replaceChildren(h('div', { class: 'ph' }, h('b', {}, 'Details'), h('span', { class: 'grow' }), h('button', { type: 'button', class: 'ctl ic q', title: 'Back to all functions (Esc)', 'aria-label': 'Back to all functions', onclick: () => { select(-1) } }, icon('x'))), h('div', { class: 'scroll' }, ...kids))
}
function showLegend() {
  const kids = []
  if (D.signed) {
    kids.push(h('span', {}, 'less'), ...[3, 2, 1].map(k => h('i', { class: 'dot ' + (state.cb ? 'cb' : 'd') + 'm' + k + 'b' })), h('i', { class: 'dot d0b' }), ...[1, 2, 3].map(k => h('i', { class: 'dot ' + (state.cb ? 'cb' : 'd') + 'p' + k + 'b' })), h('span', {}, 'more'), h('span', { class: 't3' }, 'than 0.4, 2, 10' + NB + '% of all'))
    colourSeg.replaceChildren(...[[false, 'Red and green'], [true, 'Orange and blue']].map(([cb, t]) => h('button', { type: 'button', class: state.cb === cb ? 'on' : '', 'aria-pressed': String(state.cb === cb), onclick: () => { state.cb = cb; showLegend(); draw() } }, t)))
  } else {
    const self = D.originSelf
    if (state.colour === 'origin') {
      kids.push(h('span', { class: 't3' }, 'self by origin'))
      D.origins.forEach(([, title], o) => { if (self[o] || F.origin.includes(o)) kids.push(h('span', { class: 'lg' }, h('i', { class: 'dot o' + o + 'b' }), title, h('span', { class: 't3' }, ' ' + share(self[o])))) })
    } else kids.push(h('span', { class: 't3' }, 'a colour for each package'))
    colourSeg.replaceChildren(...COLOURS.map(k => h('button', { type: 'button', class: state.colour === k ? 'on' : '', 'aria-pressed': String(state.colour === k), title: 'Colour by ' + k, onclick: () => { state.colour = k; showLegend(); draw() } }, k === 'origin' ? 'Origin' : 'Package')))
  }
  legend.replaceChildren(...kids)
}
function showStatus() {
  const parts = [h('span', {}, (D.type || 'samples') + ', ' + D.stacks), h('span', {}, count(D.functions, D.by === 'line' ? 'line' : 'function') + ', ' + count(N - 1, 'frame') + ', depth ' + group(deepest))]
  if (narrow) parts.push(h('span', { title: 'Narrower than half a pixel at this zoom' }, count(narrow, 'frame') + ' too narrow to see: zoom in'))
  const i = hover >= 0 ? hover : state.s
  if (i >= 0) parts.push(h('span', { class: 'cur' }, cutLong(names[B.f[i]], 160) + '  ' + amount(sided(i)) + '  ' + share(sided(i))))
  parts.push(h('span', { class: 'grow' }), h('span', { class: 't3' }, D.producer + ' · stays on this machine'))
  status.replaceChildren(...parts)
}
function stackOf(i) { const out = []; for (; i > 0; i = P[i]) out.push(names[B.f[i]] + (B.i[i] ? ' (inlined)' : '')); if (D.inverted) out.reverse(); return out.join('\n') }
function copy(stack) {
  if (state.s < 0) return
  const t = stack ? stackOf(state.s) : names[B.f[state.s]]
  const done = () => say(stack ? 'Stack copied' : 'Name copied')
  const old = () => { const a = h('textarea', {}); a.value = t; app.append(a); a.select(); try { document.execCommand('copy') } catch {} a.remove(); pane.focus(); done() }
  if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(t).then(done, old)
  else old()
}

/* tooltip: repeats, in short */
let tipTimer = 0
function hideTip() { clearTimeout(tipTimer); tip.hidden = true }
function placeTip(x, y) {
  tip.hidden = false
  const w = tip.offsetWidth, hh = tip.offsetHeight
  tip.style.left = Math.max(4, Math.min(innerWidth - w - 8, x + 12)) + 'px'
  tip.style.top = (y + 18 + hh > innerHeight ? Math.max(4, y - hh - 12) : y + 18) + 'px'
}
function showBand(b, x, y) {
  tip.replaceChildren(h('div', {}, b.lost ? 'Callees that are left out of this file' : count(b.n, 'frame') + ' too narrow to see: zoom in'), h('div', { class: 'tv' }, h('b', {}, value(b.w)), ' ', share(b.w)))
  placeTip(x, y)
}
function showTip(i, x, y) {
  const f = B.f[i]
  const where = place(f)
  tip.replaceChildren(h('div', { class: 'tn' }, nameParts(f, false)), where ? h('div', { class: 't3' }, cutLong(where, 200)) : '', h('div', { class: 'tv' }, h('b', {}, amount(sided(i))), ' ', share(sided(i)), S[i] !== 0 ? h('span', { class: 't2' }, '  self ' + amount(S[i])) : '', B.i[i] ? h('span', { class: 'il' }, 'inl') : '', R[i] ? h('span', { class: 'il' }, '↻ ×' + (R[i] + 1)) : ''))
  placeTip(x, y)
}

/* address */
let writing = false
function remember(replace) {
  const q = new URLSearchParams()
  if (state.z) q.set('zoom', state.z)
  if (state.s >= 0) q.set('at', state.s)
  if (state.q) q.set('q', state.q)
  const to = '#' + q
  if (to === (location.hash || '#')) return
  writing = true
  try { if (replace) history.replaceState(null, '', to); else location.hash = to } catch {}
  setTimeout(() => { writing = false })
}
function recall() {
  const q = new URLSearchParams(location.hash.slice(1))
  const box = (k, none) => { const i = Number(q.get(k) ?? none); return Number.isInteger(i) && i >= 0 && i < N ? i : none }
  setZoom(box('zoom', 0))
  state.s = box('at', -1)
  if (state.s >= 0) item.textContent = describe(state.s)
  const text = q.get('q') || ''
  if (input.value !== text) input.value = text
  showCrumbs(); showDetails(); search(text)
}

/* theme, panels */
function toggleTheme() {
  const dark = state.theme ? state.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  state.theme = dark ? 'light' : 'dark'
  root.setAttribute('data-theme', state.theme)
}
function toggleAside() { app.classList.toggle('no-aside'); app.classList.toggle('drawer'); draw() }
const KEYS = [['Search', '/'], ['Next, previous match', 'N', 'Shift N'], ['One step out: search, selection, zoom', 'Esc'], ['Callee, caller', '↓', '↑'], ['Siblings', '←', '→'], ['Zoom to the frame', 'Enter'], ['Zoom in, out', '+', '−'], ['Show all', '0'], ['Copy name, stack', 'C', 'Shift C'], ['Details', ']'], ['Theme', 'T'], ['These keys', '?']]
keys.append(h('div', { class: 'card' }, h('h2', {}, 'Keyboard'), ...KEYS.map(([t, ...k]) => h('div', { class: 'kr' }, h('span', {}, t), h('span', {}, ...k.flatMap(x => [h('kbd', {}, x), ' '])))), h('p', { class: 't3' }, 'Click selects, a second click zooms. Search is a regular expression; small letters match large ones. A dashed foot is an inlined call, ↻ a call of the same function again.')))

/* events */
input.addEventListener('input', () => { search(input.value); remember(true) })
input.addEventListener('keydown', e => {
  e.stopPropagation()
  if (e.key === 'Enter') { nextMatch(e.shiftKey ? -1 : 1); if (!e.shiftKey) pane.focus() }
  else if (e.key === 'Escape') { input.value = ''; search(''); remember(true); pane.focus() }
  else return
  e.preventDefault()
})
pane.addEventListener('pointermove', e => {
  const i = boxAt(e.clientX, e.clientY)
  clearTimeout(tipTimer)
  const b = i < 0 && bandAt(e.clientX, e.clientY)
  if (i > 0 || b) tipTimer = setTimeout(() => b ? showBand(b, e.clientX, e.clientY) : showTip(i, e.clientX, e.clientY), 250)
  if (i <= 0) tip.hidden = true
  if (!tip.hidden && i !== hover) tip.hidden = true
  if (i !== hover) { hover = i; redraw() }
})
pane.addEventListener('pointerleave', () => { hideTip(); if (hover >= 0) { hover = -1; redraw() } })
pane.addEventListener('click', e => {
  hideTip()
  const i = boxAt(e.clientX, e.clientY)
  if (i < 0) { if (state.s >= 0) select(-1); return }
  if (i === state.s) zoom(i)
  else select(i)
})
pane.addEventListener('scroll', () => { hideTip(); redraw() })
const visible = i => W[i] * width / (view.b - view.a) >= .5
function sibling(i, by) {
  const row = rows[B.d[i]]
  if (!row) return -1
  const order = row.i.map((b, k) => [row.x[2 * k], b]).sort((a, b) => a[0] - b[0]).map(p => p[1])
  return order[order.indexOf(i) + by] ?? -1
}
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target === input) return
  const focused = e.target && e.target.tagName
  const i = state.s
  const go = to => { if (to >= 0 && to < N) select(to, true) }
  switch (e.key) {
    case '/': input.focus(); input.select(); break
    case 'n': nextMatch(1); break
    case 'N': nextMatch(-1); break
    case 'Escape':
      if (!keys.hidden) keys.hidden = true
      else if (!tip.hidden) hideTip()
      else if (state.q) { input.value = ''; search(''); remember(true) }
      else if (state.s >= 0) select(-1)
      else if (state.z) zoom(P[state.z])
      break
    case 'Enter': if (focused === 'button' || focused === 'BUTTON' || i < 0) return; zoom(i); break
    case '0': zoom(0); break
    case '+': case '=': if (i >= 0 && i !== state.z) zoom(i); else if (state.z + 1 < E[state.z]) zoom(state.z + 1); break
    case '-': case '−': if (state.z) zoom(P[state.z]); break
    case 'ArrowDown': { if (i < 0) { go(state.z); break } const k = i + 1; if (k < E[i] && visible(k)) go(k); break }
    case 'ArrowUp': if (i > 0) go(P[i]); else if (i < 0) go(state.z); break
    case 'ArrowLeft': if (i >= 0) go(sibling(i, -1)); break
    case 'ArrowRight': if (i >= 0) go(sibling(i, 1)); break
    case 'c': copy(false); break
    case 'C': copy(true); break
    case 't': case 'T': toggleTheme(); break
    case ']': toggleAside(); break
    case '?': keys.hidden = !keys.hidden; break
    default: return
  }
  e.preventDefault()
})
addEventListener('hashchange', () => { if (!writing) { recall(); draw() } })
addEventListener('resize', redraw)

/* start */
if (inSvg) {
  document.getElementById('goscope-static').remove()
  root.removeAttribute('viewBox')
  root.setAttribute('width', '100%')
  root.setAttribute('height', '100%')
  const host = v('foreignObject', { x: 0, y: 0, width: '100%', height: '100%' })
  host.append(app)
  root.append(host)
} else {
  document.body.replaceChildren(app)
}
font = getComputedStyle(texts).font
const probe = v('text', { class: 't' }, 'x')
texts.append(probe)
font = '11.5px ' + getComputedStyle(probe).fontFamily
recall()
showLegend()
draw()
})()`
