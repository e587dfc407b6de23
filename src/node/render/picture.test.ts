import { inflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { utc } from '../../core/base/go-time.ts'
import { prepareReport } from '../../core/engine/run-report.ts'
import type { Profile } from '../../core/model/profile.ts'
import { type Label, ProfileBuilder } from '../../core/model/profile-builder.ts'
import { defaultConfig } from '../../core/reports/config.ts'
import { type Picture, REPORTS } from '../../core/reports/index.ts'
import { TextSink } from '../../core/reports/report.ts'
import { type Graphviz, LayoutError, openGraphviz } from './graphviz.ts'
import { drawPicture } from './picture.ts'

/** A chain of calls through functions of these names, and what else a profile can say about itself. */
function profileOf(
  names: readonly string[],
  o: { file?: string; binary?: string; unit?: string; comment?: string; labels?: Label[] } = {},
): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: o.unit ?? 'count' }]
  if (o.comment !== undefined) b.comments = [o.comment]
  const mapping = b.addMapping({ start: 1, limit: 0x1000, file: o.binary ?? '/bin/shop' })
  const stack = names.map((name) => {
    const lines = name === '' ? [] : [{ fn: b.addFunction(name, { filename: o.file ?? '' }) }]
    return b.addLocation({ mapping, lines })
  })
  b.addSample(stack, [7], o.labels)
  b.addSample(stack.slice(1), [5])
  return b.done()
}

const WRITE = await REPORTS.svg.load()

function graphOf(profile: Profile, settings: object = {}): { dot: string; remarks: string[] } {
  const kind = REPORTS.svg
  const config = { ...defaultConfig(), ...settings }
  const report = prepareReport(profile, { name: 'svg', kind }, config, { zones: utc, warn: () => {} })
  const text = new TextSink()
  const remarks: string[] = []
  WRITE(report, {
    text: (s) => text.text(s),
    bytes: (b) => text.bytes(b),
    remark: (r) => remarks.push(r),
  })
  return { dot: text.toString(), remarks }
}

const ELEMENTS = new Set(['svg', 'g', 'a', 'title', 'text', 'polygon', 'polyline', 'path', 'script'])
const ATTRIBUTES =
  /^(xmlns(:xlink)?|width|height|viewBox|id|class|transform|xlink:title|fill|stroke|stroke-width|stroke-dasharray|points|d|x|y|font-family|font-size|text-anchor|xml:space|type)$/

/** Reads the document strictly: balanced, nothing unescaped, only elements and attributes of a graph. */
function strings(svg: string): { texts: string[]; tooltips: string[]; scripts: string[] } {
  const out = { texts: [] as string[], tooltips: [] as string[], scripts: [] as string[] }
  const open: string[] = []
  const token =
    /<\?xml [^>]*\?>|<!--(?:(?!--)[\s\S])*-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w:]+)>|<([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  const plain = (s: string): string => {
    expect(s).toMatch(/^(?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)*$/i)
    expect(s).not.toMatch(/\]\]>/)
    return s
      .replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)))
      .replace(/&(lt|gt|quot);/g, (_, n) => ({ lt: '<', gt: '>', quot: '"' })[n as 'lt'])
      .replaceAll('&amp;', '&')
  }
  let end = 0
  for (const m of svg.matchAll(token)) {
    end = m.index + m[0].length
    const [, data, closing, opening, attributes, empty, text] = m
    if (data !== undefined) out.scripts.push(data)
    if (closing !== undefined) expect(open.pop()).toBe(closing)
    if (opening !== undefined) {
      expect(ELEMENTS).toContain(opening)
      for (const [, name, value] of attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)) {
        expect(name).toMatch(ATTRIBUTES)
        if (name === 'xlink:title') out.tooltips.push(plain(value!))
      }
      if (empty === '') open.push(opening)
    }
    if (text !== undefined && text.trim() !== '') {
      expect(['text', 'title']).toContain(open.at(-1))
      if (open.at(-1) === 'text') out.texts.push(plain(text))
    }
  }
  expect(end).toBe(svg.length)
  expect(open).toEqual([])
  return out
}

let graphviz: Graphviz
beforeAll(async () => {
  graphviz = await openGraphviz()
})

const draw = async (dot: string, format: Picture) => {
  const { bytes, remarks } = await drawPicture(graphviz, dot, format)
  return { bytes, remarks, text: new TextDecoder('utf-8', { fatal: format === 'page' }).decode(bytes) }
}

describe('a graph', () => {
  const { dot } = graphOf(profileOf(['strconv.Itoa', 'main.(*Shop).total', 'main.main']))

  test('as a page: text, tooltips, colours and sizes of the graph, one script, nothing from elsewhere', async () => {
    const { text } = await draw(dot, 'page')
    const seen = strings(text)
    expect(seen.texts).toContain('Itoa')
    expect(seen.texts).toContain('(*Shop)')
    expect(seen.tooltips).toContain('main.(*Shop).total (12)')
    expect(seen.tooltips).toContain('main.(*Shop).total -> strconv.Itoa (7)')
    expect(text).toContain('font-size="24.00">strconv<')
    const [, fill] = /label="strconv[^\n]*fillcolor="(#\w+)"/.exec(dot)!
    expect(text).toContain(`fill="${fill}"`)
    expect(seen.scripts).toHaveLength(1)
    expect(text.match(/https?:[^"<]*/g)).toEqual([
      'http://www.w3.org/2000/svg',
      'http://www.w3.org/1999/xlink',
      'https://git.io/JfYMW for how to read the graph',
    ])
    expect(text).not.toContain('DOCTYPE')
  })

  test('labels of a box lie below each other', async () => {
    const { dot } = graphOf(
      profileOf(['main.main'], {
        labels: [
          { key: 'tier', text: 'gold' },
          { key: 'endpoint', text: 'quote' },
        ],
      }),
    )
    const { texts } = strings((await draw(dot, 'page')).text)
    expect(texts).toEqual(expect.arrayContaining(['endpoint:quote', 'tier:gold']))
    expect(texts.join()).not.toContain('\\n')
  })

  test('as plain SVG: the same without a script', async () => {
    const { text } = await draw(dot, 'svg')
    expect(strings(text).scripts).toEqual([])
    expect(text).toMatch(/<svg width="\d+pt" height="\d+pt"/)
  })

  test('as PNG, with text although the font comes from us', async () => {
    const { bytes, remarks } = await draw(dot, 'png')
    const png = Buffer.from(bytes)
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    const width = png.readUInt32BE(16)
    const height = png.readUInt32BE(20)
    const chunk = png.indexOf('IDAT')
    const rows = inflateSync(png.subarray(chunk + 4, chunk + 4 + png.readUInt32BE(chunk - 4)))
    expect(rows).toHaveLength(height * (1 + 3 * width))
    // Letters of the black labels are most of what is dark here.
    let dark = 0
    for (let i = 0; i < rows.length; i++) if (i % (1 + 3 * width) !== 0 && rows[i]! < 64) dark++
    const blank = graphviz(dot, 'svg').replace(/<text[\s\S]*?<\/text>/g, '')
    expect(dark).toBeGreaterThan(6000)
    const { bytes: without } = await drawPicture(() => blank, dot, 'png')
    expect(without.length).toBeLessThan(bytes.length / 2)
    expect(remarks).toEqual([])
  })

  test('as GIF, JPEG, PDF and PostScript', async () => {
    expect((await draw(dot, 'gif')).text).toMatch(/^GIF89a/)
    expect([...(await draw(dot, 'jpg')).bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
    const pdf = (await draw(dot, 'pdf')).text
    expect(pdf).toMatch(/^%PDF-1\./)
    expect(pdf).toContain('Tinos-Regular')
    expect((await draw(dot, 'ps')).text).toMatch(/^%!PS-Adobe[\s\S]*\(Itoa\)[\s\S]*%%EOF\s*$/)
    expect((await draw(dot, 'eps')).text).toMatch(/^%!PS-Adobe-3.0 EPSF-3.0/)
  })

  test('what the font cannot show is said', async () => {
    const { dot: wide } = graphOf(profileOf(['日本.ファイル', 'главная.main']))
    expect((await draw(wide, 'pdf')).remarks.join()).toMatch(/cannot show 日 本 フ ァ イ …; -svg/)
    expect((await draw(wide, 'page')).remarks).toEqual([])
    expect((await draw(wide, 'ps')).text).toMatch(/^[\0-\x7f]*$/)
  })
})

describe('hostile names', () => {
  const nasty = [
    '<script>alert(1)</script>',
    ']]><img src=x onerror=alert(1)>',
    '"] evil [label="x" URL="javascript:alert(1)"]; "',
    "a' onload='alert(1)",
    '\\" ] \\N \\G \\',
    '&lt;b&gt; &#60; &; &amp;lt;',
    '--> <!-- <![CDATA[',
    '\x00\x01\x1b[2J\x7f\x9b',
    '\u202eevil\u2066\u200f\u2028',
    'bad\udcff\udc80 \ud800 \ufffe\uffff',
    '`id` $(id) %s',
    '<table><tr><td>html label</td></tr></table>',
    '',
    '.'.repeat(50),
    'line\nline\r\n\tline',
  ]
  const o = (s: string) => ({
    file: `/src/${s}`,
    binary: `/bin/${s}`,
    unit: s,
    comment: s,
    labels: [
      { key: s, text: s },
      { key: 'size', num: 5, unit: s },
    ],
  })

  test.each(nasty)('%j stays text wherever it stands', async (s) => {
    for (const granularity of ['functions', 'lines', 'files', 'addresses']) {
      const { dot } = graphOf(profileOf([s, `main.${s}`, 'main.main'], o(s)), { granularity })
      const { text } = await draw(dot, 'page')
      const { texts, tooltips, scripts } = strings(text)
      expect(scripts).toHaveLength(1)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
      expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200f\u2028\u202e\u2066\ufffe\uffff]/)
      // No node or edge more than the graph has.
      const node = /^N+\d+(?:_\d+)* \[/gm
      expect(text.match(/class="node"/g)).toHaveLength(dot.match(node)!.length + 1)
      if (granularity === 'functions' && /^[\x20-\x7e]+$/.test(s) && !s.includes('.'))
        expect([...texts, ...tooltips].join('\n')).toContain(s)
    }
  })

  test('are drawn in the other formats, too', async () => {
    const { dot } = graphOf(profileOf(nasty, o('"] <x> & \x00\u202e日')))
    for (const format of ['png', 'pdf', 'ps', 'eps'] as const)
      expect((await draw(dot, format)).bytes.length).toBeGreaterThan(1000)
  })

  test('of a megabyte are cut, and a remark says so', async () => {
    for (const unit of ['x', 'a.', 'A::', '<(', '[', 'é\n', '\\"']) {
      const long = unit.repeat(1e6 / unit.length)
      const { dot, remarks } = graphOf(profileOf([long, `main.${long}`, 'main.main'], o(long)))
      expect(dot.length).toBeLessThan(100_000)
      expect(remarks.join()).toMatch(/^\d+ names of more than 400 characters are shortened in the picture$/)
      const started = performance.now()
      strings((await draw(dot, 'page')).text)
      expect(performance.now() - started).toBeLessThan(5000)
    }
  })

  test('a hundred thousand comments are cut to a legend that can be read', async () => {
    const { dot } = graphOf(profileOf(['main.main'], { comment: 'x\n'.repeat(100_000) }))
    expect(dot.length).toBeLessThan(20_000)
  })
})

describe('graphs that cannot be drawn', () => {
  test('what Graphviz does not understand is an error in its words', () => {
    expect(() => graphviz('digraph { a -> ', 'svg')).toThrow(LayoutError)
    expect(() => graphviz('digraph { a -> ', 'svg')).toThrow(/syntax error/)
  })

  test('a chain that is too deep for the stack is an error, and Graphviz can be loaded again', async () => {
    const deep = Array.from({ length: 60_000 }, (_, i) => `N${i} -> N${i + 1}`).join('\n')
    const own = await openGraphviz()
    expect(() => own(`digraph { ${deep} }`, 'svg')).toThrow(/too deep or too large/)
    expect((await openGraphviz())('digraph { a -> b }', 'svg')).toContain('<svg')
  })
})

test('a graph too large for a bitmap is scaled down, and a remark says so', async () => {
  const svg = `<svg width="90000pt" height="400pt"\n viewBox="0 0 90000 400" xmlns="http://www.w3.org/2000/svg"><g id="graph0"></g></svg>`
  const { bytes, remarks } = await drawPicture(() => svg, '', 'png')
  expect(Buffer.from(bytes).readUInt32BE(16)).toBeLessThanOrEqual(32767)
  expect(remarks.join()).toMatch(/scaled to 27%/)
})
