// A graph that can be moved and zoomed, in one SVG file that needs nothing else.

const HEAD = /<svg\s+width="(?<width>[\d.]+)pt"\s+height="(?<height>[\d.]+)pt"\s+viewBox="(?<box>[\d.\s-]+)"/
const DOCTYPE = /<!DOCTYPE [^>]*>\s*/

/** Graphviz's SVG without the reference to a document type elsewhere, which some viewers would fetch. */
export function plainSvg(svg: string): string {
  return svg.replace(DOCTYPE, '')
}

/**
 * Graphviz's SVG with a script that moves and zooms it: by mouse, touch and keyboard. Where no script
 * runs, the whole graph is scaled to the window.
 */
export function svgPage(svg: string): string {
  const head = HEAD.exec(svg)
  const body = svg.indexOf('<g id="graph')
  const end = svg.lastIndexOf('</svg>')
  if (head === null || body < 0 || end < body) throw new Error('no SVG of Graphviz')
  const { box } = head.groups!
  const open = `${svg.slice(0, head.index)}<svg width="100%" height="100%" viewBox="${box}"`
  const between = svg.slice(head.index + head[0].length, body)
  const script = `<script type="text/ecmascript"><![CDATA[${SCRIPT}]]></script>`
  const graph = svg.slice(body, end)
  return plainSvg(`${open}${between}${script}\n<g id="viewport">\n${graph}</g>\n</svg>\n`)
}

/**
 * The script. It puts pixels in place of the view box and keeps scale and offset of the viewport. The
 * graph begins at the size at which the reference shows it, one half, or larger if all of it fits.
 */
const SCRIPT = `
'use strict';
(() => {
  const script = document.currentScript;
  const svg = script ? script.ownerSVGElement : document.documentElement;
  const box = svg.viewBox.baseVal;
  const graph = { width: box.width, height: box.height };
  let view, k = 1, x = 0, y = 0, hint;
  const show = () => view.setAttribute('transform', 'matrix(' + [k, 0, 0, k, x, y].join(' ') + ')');
  const fit = (least, most) => {
    const width = svg.clientWidth || innerWidth, height = svg.clientHeight || innerHeight;
    k = Math.min(most, Math.max(least, Math.min(width / graph.width, height / graph.height)));
    x = Math.max(0, (width - k * graph.width) / 2);
    y = Math.max(0, (height - k * graph.height) / 2);
    show();
  };
  const touched = () => {
    if (hint) hint.remove();
    hint = undefined;
  };
  const zoom = (factor, atX, atY) => {
    const to = Math.min(40, Math.max(0.01, k * factor));
    x = atX - (atX - x) * to / k;
    y = atY - (atY - y) * to / k;
    k = to;
    show();
    touched();
  };
  const move = (dx, dy) => {
    x += dx;
    y += dy;
    show();
    touched();
  };
  const place = (e) => {
    const r = svg.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  };
  const middle = () => [svg.clientWidth / 2, svg.clientHeight / 2];

  svg.addEventListener('wheel', (e) => {
    e.preventDefault();
    // Lines and pages, where the browser counts in them.
    const step = e.deltaY * (e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1);
    zoom(Math.exp(-Math.max(-200, Math.min(200, step)) / 400), ...place(e));
  }, { passive: false });

  const fingers = new Map();
  svg.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    e.preventDefault();
    svg.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, place(e));
    svg.style.cursor = 'grabbing';
  });
  svg.addEventListener('pointermove', (e) => {
    const from = fingers.get(e.pointerId);
    if (!from) return;
    const to = place(e);
    fingers.set(e.pointerId, to);
    const other = [...fingers].find(([id]) => id !== e.pointerId);
    if (other) {
      const apart = (p) => Math.hypot(p[0] - other[1][0], p[1] - other[1][1]) || 1;
      zoom(apart(to) / apart(from), other[1][0], other[1][1]);
    } else move(to[0] - from[0], to[1] - from[1]);
  });
  const release = (e) => {
    fingers.delete(e.pointerId);
    if (fingers.size === 0) svg.style.cursor = 'grab';
  };
  svg.addEventListener('pointerup', release);
  svg.addEventListener('pointercancel', release);

  const keys = {
    ArrowLeft: () => move(80, 0),
    ArrowRight: () => move(-80, 0),
    ArrowUp: () => move(0, 80),
    ArrowDown: () => move(0, -80),
    PageUp: () => move(0, svg.clientHeight * 0.9),
    PageDown: () => move(0, -svg.clientHeight * 0.9),
    '+': () => zoom(1.25, ...middle()),
    '=': () => zoom(1.25, ...middle()),
    '-': () => zoom(0.8, ...middle()),
    0: () => fit(0.01, 1),
    1: () => zoom(1 / k, ...middle()),
  };
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    const act = Object.hasOwn(keys, e.key) && keys[e.key];
    if (!act) return;
    e.preventDefault();
    act();
    touched();
  });

  const start = () => {
    view = svg.getElementById('viewport');
    svg.removeAttribute('viewBox');
    svg.style.cursor = 'grab';
    svg.style.touchAction = 'none';
    svg.style.userSelect = 'none';
    fit(0.5, 1);
    hint = document.createElementNS(svg.namespaceURI, 'text');
    hint.textContent = 'drag to move \\u00b7 wheel or + \\u2212 to zoom \\u00b7 0 for the whole graph';
    const look = { x: 12, y: svg.clientHeight - 12, 'font-family': 'system-ui, sans-serif', 'font-size': 12,
      fill: '#555', stroke: '#fff', 'stroke-width': 4, 'paint-order': 'stroke' };
    for (const name in look) hint.setAttribute(name, look[name]);
    svg.append(hint);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start);
  else start();
})();
`
