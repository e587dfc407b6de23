// The style sheets of the flame page and of the picture that stands in for it where no script runs.

import { ORIGINS } from '../analysis/origin.ts'
import { CODE_FONT, flameColour, flameProperties, UI_FONT } from './flame-theme.ts'

/** Class of a fill -> name of its colour. */
function fills(): [cls: string, colour: string][] {
  const out: [string, string][] = ORIGINS.map((o, k) => [`o${k}`, `org-${o}`])
  for (let k = 1; k <= 12; k++) out.push([`c${k}`, `cat-${k}`])
  for (const [cls, name] of [
    ['d', 'diff'],
    ['cb', 'diffcb'],
  ]) {
    out.push([`${cls}0`, `${name}-zero`])
    for (let k = 1; k <= 3; k++)
      out.push([`${cls}p${k}`, `${name}-plus-${k}`], [`${cls}m${k}`, `${name}-minus-${k}`])
  }
  return out
}

/** Style of the app, in HTML and over an SVG alike. */
export function flameStyle(): string {
  const colours = fills()
    .map(
      ([c, name]) =>
        `.${c}{fill:var(--${name})}.x-${c}{fill:var(--dim-${name})}.${c}b{background:var(--${name})}`,
    )
    .join('')
  return `:root{${flameProperties('light')}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${flameProperties('dark')}}}
:root[data-theme=dark]{${flameProperties('dark')}}
html,body{margin:0;height:100%;background:var(--bg-1)}
.gs,.gs *{box-sizing:border-box}
.gs{display:flex;flex-direction:column;height:100%;min-height:0;font:13px/20px ${UI_FONT};color:var(--text-1);background:var(--bg-1);font-variant-numeric:tabular-nums;overflow:hidden}
body>.gs{height:100vh}
.gs [hidden]{display:none!important}
.gs .grow{flex:1}.gs .t2{color:var(--text-2)}.gs .t3{color:var(--text-3)}.gs .xs{font-size:11px;line-height:16px}.gs .gap{margin-top:5px}
.gs .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.gs .bar{display:flex;align-items:center;gap:8px;height:44px;padding:0 12px;background:var(--bg-2);border-bottom:1px solid var(--line-2);flex:none;min-width:0}
.gs .logo{flex:none}.gs .lg1{fill:var(--accent-solid)}.gs .lg2{stroke:var(--on-accent);stroke-width:2.2;stroke-linecap:round;fill:none}.gs .lg3{fill:none;stroke:var(--on-accent);stroke-width:1.5}
.gs .title{font-size:13px;line-height:20px;font-weight:600;margin:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:32vw;flex:0 1 auto;min-width:40px}
.gs .sub{color:var(--text-2);white-space:nowrap;overflow:hidden;text-overflow:ellipsis;flex:0 1 auto;min-width:0}
.gs .i{fill:none;stroke:currentColor;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round;flex:none}
.gs button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;text-align:left;cursor:pointer}
.gs .ctl{display:inline-flex;align-items:center;gap:6px;height:26px;padding:0 9px;border:1px solid var(--line-2);border-radius:5px;background:var(--bg-1);color:var(--text-1);white-space:nowrap;flex:none}
.gs .ctl.ic{padding:0;width:28px;justify-content:center}.gs .ctl.q{border-color:transparent;background:none}
.gs .ctl:hover,.gs .chip:hover,.gs .seg button:hover{background:var(--bg-3)}
.gs :focus-visible{outline:2px solid var(--focus);outline-offset:-2px}
.gs kbd{font:11px/16px ${UI_FONT};color:var(--text-2);border:1px solid var(--line-2);border-radius:3px;padding:0 5px;background:var(--bg-2);white-space:nowrap}
.gs .search{display:flex;align-items:center;gap:6px;height:28px;padding:0 8px;border:1px solid var(--line-3);border-radius:5px;background:var(--bg-1);flex:0 1 380px;min-width:170px}
.gs .search:focus-within{outline:2px solid var(--focus);outline-offset:-1px}
.gs .search input{flex:1;min-width:40px;border:0;outline:0;background:none;color:inherit;font:12px/20px ${CODE_FONT};font-variant-ligatures:none;padding:0}
.gs .search input::placeholder{color:var(--text-3);opacity:1;font-family:${UI_FONT}}
.gs .found{font-size:11px;color:var(--text-2);white-space:nowrap}.gs .search.none .found{font-weight:600;color:var(--text-1)}
.gs .bar2{display:flex;align-items:center;gap:12px;min-height:34px;padding:3px 12px;border-bottom:1px solid var(--line-1);flex:none;font-size:11px;line-height:16px;color:var(--text-2);flex-wrap:wrap}
.gs .crumbs{display:flex;align-items:center;gap:4px;min-width:0;flex-wrap:wrap}.gs .sep{color:var(--text-3)}
.gs .chip{font-size:11px;line-height:20px;padding:0 8px;border-radius:10px;white-space:nowrap;color:var(--text-2);max-width:320px;overflow:hidden;text-overflow:ellipsis}
.gs .chip.a{background:var(--accent-quiet);color:var(--accent)}
.gs .legend{display:flex;align-items:center;gap:4px 12px;flex-wrap:wrap}.gs .lg{white-space:nowrap}
.gs .dot{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:5px;vertical-align:-.5px}
.gs .legend>.dot{margin:0 -9px 0 0;width:14px}
.gs .seg{display:inline-flex;border:1px solid var(--line-2);border-radius:5px;overflow:hidden;flex:none}
.gs .seg button{padding:0 9px;height:24px;font-size:11px;color:var(--text-2)}.gs .seg button+button{border-left:1px solid var(--line-2)}
.gs .seg .on{background:var(--accent-quiet);color:var(--accent)}
.gs .notices{flex:none;padding:5px 12px;background:var(--info-quiet);border-bottom:1px solid var(--line-1);font-size:12px;line-height:18px}
.gs .notices p{display:flex;gap:7px;margin:0;align-items:flex-start}.gs .notices .i{color:var(--info);margin-top:2px}
.gs .main{display:flex;flex:1;min-height:0;min-width:0}
.gs .pane{flex:1;min-width:0;overflow-x:hidden;overflow-y:scroll;margin:8px 4px 0 8px;cursor:default;outline-offset:2px;scrollbar-width:thin}
.gs .pane:focus-visible{outline:2px solid var(--focus);outline-offset:0}.gs .pane.has{outline:none}
.gs .frames{display:block;user-select:none;-webkit-user-select:none}
.gs .t{font:11.5px ${UI_FONT};fill:var(--on-fill);pointer-events:none}
.gs .tp{fill:var(--on-fill-2)}.gs .same-ink{fill:inherit}.gs .rt{fill:var(--text-1)}
.gs .dim{fill:var(--text-2)}.gs .onhit{fill:var(--on-match)}.gs .dim .tp,.gs .onhit .tp{fill:inherit}
.gs .root,.gs .x-root{fill:var(--bg-3)}.gs .many{fill:var(--bg-3)}.gs .hit{fill:var(--match)}
.gs .inl{stroke:var(--on-fill-2);stroke-opacity:.6;stroke-dasharray:2 2;fill:none}
.gs .mid{stroke:var(--text-1);stroke-width:1;fill:none}
.gs .same{fill:none;stroke:var(--accent);stroke-width:1.2}.gs .sel{fill:none;stroke:var(--focus);stroke-width:2}
.gs .aside{flex:none;width:320px;border-left:1px solid var(--line-2);display:flex;flex-direction:column;min-height:0;background:var(--bg-1)}
.gs.no-aside .aside{display:none}
.gs .ph{display:flex;align-items:center;gap:8px;height:36px;padding:0 12px;border-bottom:1px solid var(--line-1);flex:none;font-size:12px}
.gs .scroll{overflow-y:auto;min-height:0;flex:1;scrollbar-width:thin}
.gs .sec{padding:12px;border-bottom:1px solid var(--line-1)}.gs .sec:last-child{border-bottom:0}
.gs .lab{display:flex;justify-content:space-between;font-size:11px;line-height:16px;color:var(--text-3);margin-bottom:4px}
.gs .dname{font:600 13px/19px ${CODE_FONT};font-variant-ligatures:none;overflow-wrap:anywhere;max-height:45vh;overflow-y:auto;unicode-bidi:isolate}
.gs .dname .pk{color:var(--text-2);font-weight:400}
.gs .where{font-size:11px;line-height:16px;color:var(--text-3);margin-top:3px;overflow-wrap:anywhere}
.gs .chips{margin-top:6px;display:flex;gap:6px}.gs .il{font-size:11px;line-height:15px;border:1px solid var(--line-2);border-radius:3px;padding:0 4px;color:var(--text-2);margin-left:6px}.gs .chips .il{margin:0}
.gs .acts{display:flex;gap:6px;margin-top:10px;flex-wrap:wrap}
.gs .two{display:grid;grid-template-columns:1fr 1fr;gap:12px}.gs .big{font-size:20px;line-height:26px;font-weight:600;white-space:nowrap}
.gs .meter{height:3px;border-radius:2px;background:var(--bg-3);margin-top:2px;overflow:hidden}.gs .meter i{display:block;height:100%}
.gs .two+.meter{height:6px;margin-top:10px}
.gs .frow{display:block;width:100%;padding:4px 0;min-height:28px}.gs .frow:hover .fn{color:var(--accent)}.gs .frow:disabled{cursor:default}.gs .frow:disabled .fn{color:var(--text-3)}
.gs .fl{display:flex;gap:8px;align-items:baseline;font-size:12px;line-height:18px}
.gs .name{font-family:${CODE_FONT};font-variant-ligatures:none;font-size:11.5px;display:flex;min-width:0;flex:1;unicode-bidi:isolate}
.gs .dname .name{display:inline;font-size:inherit}
.gs .frow .pk,.gs .tip .pk{color:var(--text-3)}
.gs .frow .pk{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;flex:0 1 auto;min-width:0}
.gs .frow .fn{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;flex:0 0 auto;max-width:100%}
.gs .num{white-space:nowrap;flex:none}
.gs .link{color:var(--accent);font-size:12px;padding:4px 0}.gs .link:hover{text-decoration:underline}
.gs .m2b{background:var(--diff-minus-3)}.gs .p2b{background:var(--diff-plus-3)}
.gs .status{display:flex;align-items:center;gap:18px;height:24px;padding:0 12px;border-top:1px solid var(--line-2);background:var(--bg-2);font-size:11px;color:var(--text-2);flex:none;white-space:nowrap;overflow:hidden}
.gs .status .cur{color:var(--accent);font-family:${CODE_FONT};overflow:hidden;text-overflow:ellipsis;min-width:0;unicode-bidi:isolate}
.gs .tip{position:fixed;left:0;top:0;max-width:520px;padding:7px 10px;background:var(--bg-float);border:1px solid var(--line-2);border-radius:8px;box-shadow:var(--shadow);font-size:12px;line-height:18px;pointer-events:none;z-index:5}
.gs .tip .name{display:block;overflow-wrap:anywhere}.gs .tv{white-space:pre}
.gs .ov{position:fixed;inset:0;display:flex;align-items:center;justify-content:center;background:rgb(5 8 12/.45);z-index:9}
.gs .card{background:var(--bg-float);border:1px solid var(--line-2);border-radius:12px;box-shadow:var(--shadow);padding:16px 24px 12px;width:min(460px,92vw);max-height:92vh;overflow:auto}
.gs .card h2{font-size:16px;line-height:22px;margin:0 0 8px}.gs .kr{display:flex;justify-content:space-between;gap:16px;padding:3px 0}.gs .card p{font-size:11px;line-height:16px}
${colours}
.gs .frames .o0{fill:var(--org-main)}
@media (max-width:1099px){.gs .sub{display:none}.gs .aside{display:none}.gs.drawer .aside{display:flex;position:fixed;right:0;top:44px;bottom:24px;box-shadow:var(--shadow);z-index:4;max-width:100vw}}
@media (min-width:1800px){.gs .aside{width:400px}}
@media (forced-colors:active){.gs .frames{forced-color-adjust:none}}
`
}

/** Style of the picture without a script: literal colours, since not all that draws SVG knows variables. */
export function pictureStyle(): string {
  const theme = (t: 'light' | 'dark'): string =>
    [
      ...fills()
        .filter(([c]) => !c.startsWith('cb') && !c.startsWith('c'))
        .map(([c, name]) => `.p-${c}{fill:${flameColour(name, t)}}`),
      `.p-bg{fill:${flameColour('bg-1', t)}}.p-root{fill:${flameColour('bg-3', t)}}`,
      `.p-1{fill:${flameColour('text-1', t)}}.p-2{fill:${flameColour('text-2', t)}}`,
      `.p-t{fill:${flameColour('on-fill', t)}}.p-i{stroke:${flameColour('on-fill-2', t)}}.p-m{stroke:${flameColour('text-1', t)}}`,
    ].join('')
  return `.p-1,.p-2,.p-t{font-family:${UI_FONT.replaceAll('"', "'")}}${theme('light')}.p-i{stroke-dasharray:2 2;fill:none}.p-m{fill:none}@media (prefers-color-scheme:dark){${theme('dark')}}`
}
