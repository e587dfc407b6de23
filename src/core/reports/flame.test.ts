import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { visibleText } from '../base/visible-text.ts'
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import {
  buildFlame,
  type FlameDoc,
  type FlameOptions,
  flameNotices,
  leftOutNotice,
  rootLabel,
} from './flame.ts'
import { flameData, inertJson } from './flame-data.ts'
import { flameHtml } from './flame-html.ts'
import { layoutFlame } from './flame-layout.ts'
import { frameLabels, markupText } from './flame-names.ts'
import { FLAME_SCRIPT } from './flame-script.ts'
import { flameSvg } from './flame-svg.ts'

const options: FlameOptions = {
  value: 0,
  by: 'function',
  inverted: false,
  maxRows: 1000,
  whole: 40,
  title: 'demo',
  filters: [],
}
const flame = (p: Profile, o: Partial<FlameOptions> = {}): FlameDoc => buildFlame(p, { ...options, ...o })

const sample = profileFrom(`
  main.main  main.main  main.main
  work       work       idle
  work       ^hash
  = 25       = 10       = 5
`)

/** One line per frame: place, width, name, recursion. */
function boxesOf(doc: FlameDoc, least = 0): string[] {
  const b = layoutFlame(doc.tree, least)
  return Array.from({ length: b.count }, (_, k) => {
    const name = doc.profile.strings.get(doc.tree.frames.name[doc.tree.frame[b.row[k]!]!]!)
    return `${'.'.repeat(b.depth[k]!)}${name} ${b.x[k]}+${b.width[k]}${b.recursion[k]! > 0 ? ` ↻${b.recursion[k]}` : ''}`
  })
}

describe('layout', () => {
  test('children lie on their parent, the heaviest first; recursion is counted', () => {
    expect(boxesOf(flame(sample))).toEqual([
      ' 0+40',
      '.main.main 0+40',
      '..work 0+35',
      '...work 0+25 ↻1',
      '...hash 25+10',
      '..idle 35+5',
    ])
  })

  test('what is too narrow is left out with all on top of it, and counted', () => {
    expect(boxesOf(flame(sample), 11)).toEqual([' 0+40', '.main.main 0+40', '..work 0+35', '...work 0+25 ↻1'])
    const b = layoutFlame(flame(sample).tree, 11)
    expect([b.hiddenCount, b.hiddenWeight]).toEqual([2, 15])
  })

  test('a difference has two sides, mirrored at the middle line', () => {
    const p = profileFrom(`
      main   main   main   main
      a      b      c      d
      = 6    = -3   = 2    = -1
    `)
    const doc = flame(p)
    expect(boxesOf(doc)).toEqual([
      ' 0+12',
      '.main 4+8',
      '..a 4+6',
      '..c 10+2',
      '.main 0+4',
      '..b 1+3',
      '..d 0+1',
    ])
    const b = layoutFlame(doc.tree, 0)
    expect([b.middle, b.lessFrom]).toEqual([4, 4])
    expect(rootLabel(doc)).toBe('all +4: 4 less, 8 more')
    expect(flameNotices(doc)[0]).toContain('left of the middle line')
  })
})

describe('what is left out', () => {
  test('the lightest paths give way to the limit, and the notice says how many and how much', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
    const main = b.addLocation({ lines: [{ fn: b.addFunction('main.main') }] })
    for (let k = 0; k < 500; k++) {
      const leaf = b.addLocation({ lines: [{ fn: b.addFunction(`f${k}`) }] })
      b.addSample([leaf, main], [k < 5 ? 1_000_000 : 1000])
    }
    const doc = flame(b.done(), { maxRows: 100, whole: 5_495_000 })
    expect(doc.tree.count).toBe(7)
    expect(leftOutNotice(doc)).toMatch(
      /^495 callees of less than .* each, with all under them, are left out: 495\sµs \(9\.0%\) in all\.$/,
    )
    expect(leftOutNotice(flame(b.done(), { whole: 5_495_000 }))).toBe('')
  })

  test('an empty profile says so', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
    const doc = flame(b.done(), { whole: 0 })
    expect(flameNotices(doc)).toEqual(['There are no samples to draw.'])
    expect(flameSvg(doc, { producer: 'test' })).toContain('There are no samples to draw.')
  })

  test('what has wrapped at 64 bits is refused', () => {
    const p = profileFrom(`
      main                    main
      a                       b
      = 9223372036854775807   = 9223372036854775807
    `)
    expect(() => flame(p)).toThrow(/more than 64 bits/)
  })

  test('filters are told against the whole', () => {
    expect(rootLabel(flame(sample, { whole: 80 }))).toBe('all 40, 50.0% of 80')
  })
})

describe('names', () => {
  test.each([
    ['github.com/a/b.(*T).m', ['github.com/a/b.(*T).m', 'b.(*T).m', '(*T).m', 'm']],
    ['main.main.func1', ['main.main.func1', 'main.func1', 'func1']],
    [
      'main.(*Cache[go.shape.string]).Get',
      ['main.(*Cache[go.shape.string]).Get', '(*Cache[go.shape.string]).Get', '(*Cache[…]).Get', 'Get'],
    ],
    ['memeqbody', ['memeqbody']],
  ])('%s gets shorter', (name, labels) => {
    expect(frameLabels(name)).toEqual(labels)
  })

  test('characters that are not seen or turn the direction are shown', () => {
    expect(visibleText('a\u202eb\u0000c\u001b[31m\u2066\n\ud800\udc80')).toBe(
      'a\\u202eb\\x00c\\x1b[31m\\u2066\\x0a\u{10080}',
    )
    expect(visibleText('x\udcffy\ud83d')).toBe('x\\xffy\\ud83d')
  })
})

/** Names that would break out of HTML, XML, scripts, styles or attributes. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '<!--<script>',
  ']]><svg onload=alert(3)>',
  '"><img src=x onerror=alert(4)>',
  "'-alert(5)-'",
  '&lt;b&gt;&#x3c;&amp;',
  '$' + '{alert(6)}',
  'javascript:alert(7)',
  '\u202egnp.exe\u2066',
  'nul\u0000esc\u001b[2J',
  'half \udc80 and \udcff',
  '\u2028\u2029',
  '__proto__',
]

function hostileProfile(names: readonly string[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: '<b>cpu</b>', unit: '</style><script>alert(8)</script>' }]
  for (const name of names) {
    const fn = b.addFunction(name, { filename: `${name}.go` })
    b.addSample([b.addLocation({ lines: [{ fn }] })], [1000])
  }
  return b.done()
}

describe('names are data', () => {
  const doc = flame(hostileProfile(HOSTILE), { title: '<title>"&\'\u0007', whole: 14_000 })
  const producer = { producer: '<producer>' }

  test('JSON has no character that could end what it stands in, and means the same', () => {
    const data = { a: HOSTILE.filter((s) => !s.includes('half')) }
    const text = inertJson(data)
    expect(text).toMatch(/^[\x20-\x7e]*$/)
    expect(text).not.toMatch(/[<>&]/)
    expect(JSON.parse(text)).toEqual(data)
  })

  test('the data names every function once', () => {
    const data = JSON.parse(flameData(doc, layoutFlame(doc.tree, 0), 'test'))
    expect(data.frame.name.slice(1).sort()).toEqual(HOSTILE.map(visibleText).sort())
    expect(data.box.w.length).toBe(HOSTILE.length + 1)
  })

  test('an HTML page has its own elements only, under a policy that names its script and style', () => {
    const html = flameHtml(doc, producer)
    expect(html.match(/<script\b/g)).toHaveLength(2)
    expect(html.match(/<\/script>/g)).toHaveLength(2)
    expect(html.match(/<style>/g)).toHaveLength(1)
    expect(/<(img|svg|b|producer)\b/.exec(html)).toBeNull()
    expect(html).toMatch(
      /content="default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; /,
    )
    const ours = html.replace(/(id="goscope-data">)[^<]*/, '$1')
    expect(/\bsrc=|\bhref=|url\(|@import|https?:(?!\/\/www\.w3\.org\/)/.exec(ours)).toBeNull()
  })

  test('an SVG is well-formed and has its own elements only', () => {
    const svg = flameSvg(doc, producer)
    const tags = [...svg.matchAll(/<(\/?)([a-zA-Z!?]+)[^>]*?(\/?)>/g)]
    const open: string[] = []
    for (const [, close, name, empty] of tags) {
      if (name === '?' || name === '?xml') continue
      expect(['svg', 'title', 'style', 'g', 'rect', 'path', 'text', 'script']).toContain(name)
      if (close) expect(open.pop()).toBe(name)
      else if (!empty) open.push(name!)
    }
    expect(open).toEqual([])
    expect(/&(?!#\d+;)/.exec(svg)).toBeNull()
    expect(svg.match(/<script\b/g)).toHaveLength(2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML refuses
    expect(svg).not.toMatch(/[\0-\x08\x0b-\x1f\ufffe\uffff]|[\u202a-\u202e\u2066-\u2069]/)
  })

  test('a name of a megabyte stays one name', () => {
    const long = `main.${'x'.repeat(1_000_000)}`
    const svg = flameSvg(flame(hostileProfile([long, 'main.b']), { whole: 2000 }), producer)
    // In the data whole, in the picture cut.
    expect(svg.split('x'.repeat(1000)).length - 1).toBe(2000)
    expect(svg.length).toBeLessThan(2_200_000)
  })
})

test('the script has nothing that would end its element', () => {
  expect(FLAME_SCRIPT).not.toMatch(/<\/script|<!--|]]>/i)
  expect(() => new Function(FLAME_SCRIPT)).not.toThrow()
  expect(markupText('<&>"\'')).toBe('&#60;&#38;&#62;&#34;&#39;')
})
