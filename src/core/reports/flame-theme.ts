// Colours of the flame picture and page: those of the project's look, in both themes.

/** Name, light, dark. */
const TOKENS = `
  bg-0 #eef0f3 #0b0d10
  bg-1 #ffffff #121418
  bg-2 #f6f8fa #181b20
  bg-3 #e8ebee #21252a
  bg-4 #d6dbe1 #2d3239
  bg-float #ffffff #1b2025
  line-1 #e4e7eb #202429
  line-2 #d1d5db #2d3238
  line-3 #808790 #646b74
  text-1 #171c23 #ebedf0
  text-2 #484f58 #b1b6be
  text-3 #5a616b #90969f
  accent #0b6681 #4ed3e1
  accent-solid #026d8e #27c0d1
  on-accent #fcfefe #051115
  accent-quiet #d9f0f6 #142c32
  focus #0470a5 #51deec
  info #2f5fa6 #88b4ed
  info-quiet #e4effd #1d293a
  match #ecd146 #e8d754
  on-match #1e1b0a #191606
  diff-plus-1 #fdd9d5 #593431
  diff-plus-2 #feb5ae #833431
  diff-plus-3 #fd8e87 #ac312e
  diff-zero #dee0e2 #34373b
  diff-minus-1 #d0f0d9 #2d4535
  diff-minus-2 #a3e3b5 #295939
  diff-minus-3 #75d291 #226d3d
  diff-plus-text #b52524 #fe8880
  diff-minus-text #196c40 #72d69d
  org-main #fcc176 #965c1a
  org-module #fdc5bc #864445
  org-std #bedcf6 #315370
  org-runtime #d9dde2 #3f444a
  org-alloc #eacfeb #5f4360
  org-gc #dbd3f6 #4e446d
  org-sched #c7e3e2 #304e4e
  org-syscall #c3e3c8 #37563d
  org-cgo #e0deb0 #515231
  on-fill #151a20 #f4f6f8
  on-fill-2 #32373e #d6d9de
  line-c2 #aa5f09 #ed9c55
  cat-1 #ecc08e #82530d
  cat-2 #b5dffe #12557c
  cat-3 #abd6b3 #3b6c46
  cat-4 #efcaf8 #653e6e
  cat-5 #9ad6d2 #1b6c68
  cat-6 #fecbc6 #823330
  cat-7 #bec4fc #555894
  cat-8 #dbdea9 #535311
  cat-9 #97d4e4 #146a7b
  cat-10 #fdc9d7 #78374e
  cat-11 #9ed7c2 #256d58
  cat-12 #dfd0ff #58427c
  diffcb-plus-1 #fae2c2 #5b422b
  diffcb-plus-2 #f8c78b #7e4e1e
  diffcb-plus-3 #f3a951 #9e5c1a
  diffcb-zero #dee0e2 #34373b
  diffcb-minus-1 #c8e1fb #253a55
  diffcb-minus-2 #99c7f8 #1e477f
  diffcb-minus-3 #6caef2 #1952a8
`

export type Theme = 'light' | 'dark'

const TABLE: ReadonlyMap<string, Readonly<Record<Theme, string>>> = new Map(
  TOKENS.trim()
    .split('\n')
    .map((line) => {
      const [name, light, dark] = line.trim().split(' ')
      return [name, { light, dark }]
    }),
)

/** A colour by its name, as #rrggbb. */
export function flameColour(name: string, theme: Theme): string {
  const entry = TABLE.get(name)
  if (entry === undefined) throw new Error(`no colour named ${name}`)
  return entry[theme]
}

/** `share` of the way from one #rrggbb colour to another. */
function mix(from: string, to: string, share: number): string {
  const part = (c: string, at: number): number => Number.parseInt(c.slice(at, at + 2), 16)
  return `#${[1, 3, 5]
    .map((at) => Math.round(part(from, at) + (part(to, at) - part(from, at)) * share))
    .map((v) => v.toString(16).padStart(2, '0'))
    .join('')}`
}

/** How far a frame that does not match the search goes to the background: text-2 stays readable on it. */
const DIMMED = 0.46

/** All colours as custom properties, `--name: value;` each; fills have a `--dim-name` as well. */
export function flameProperties(theme: Theme): string {
  const background = flameColour('bg-1', theme)
  const out: string[] = [`color-scheme:${theme}`]
  for (const [name, colours] of TABLE) {
    const c = colours[theme]
    out.push(`--${name}:${c}`)
    if (/^(org|cat|diff|diffcb)-/.test(name)) out.push(`--dim-${name}:${mix(c, background, DIMMED)}`)
  }
  const shadow =
    theme === 'dark'
      ? '0 12px 40px rgb(0 0 0/.5),0 2px 8px rgb(0 0 0/.35)'
      : '0 16px 48px rgb(20 30 45/.16),0 2px 8px rgb(20 30 45/.08)'
  out.push(`--shadow:${shadow}`)
  return `${out.join(';')};`
}

export const UI_FONT =
  '-apple-system,BlinkMacSystemFont,"Segoe UI Variable Text","Segoe UI",Cantarell,Ubuntu,"Noto Sans",Roboto,"Liberation Sans",system-ui,sans-serif'
export const CODE_FONT =
  '"JetBrains Mono",ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace'
