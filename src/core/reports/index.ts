// The reports of `goscope pprof`, in the order in which help lists them. A new one is a file, a line that loads it
// and a line in the table.

import { UserError } from '../base/errors.ts'
import type { Report, Sink } from './report.ts'

/** What the graph is drawn as; 'page' is an SVG that moves and zooms in a browser. */
export type Picture = 'page' | 'svg' | 'png' | 'gif' | 'jpg' | 'pdf' | 'ps' | 'eps'

/** A program that shows output to the user. */
export type Viewer = 'browser' | 'eog' | 'evince' | 'gv' | 'kcachegrind'

/** Makes and prints a report. Throws UserError (possibly after part of the text). */
export type WriteReport = (r: Report, out: Sink) => void

/** What is known of a report without its code. */
export interface ReportKind {
  /** Loads the code that makes it. */
  readonly load: () => Promise<WriteReport>
  /** Whether the command takes a regular expression. */
  readonly takesSymbol: boolean
  /**
   * How a command shapes the config before it runs: 'raw' shows addresses and everything; 'all' shows
   * everything; 'table' has no limit on nodes unless one is set; 'graph' shows 80 nodes by default. 'lines',
   * 'instructions' (without inlined calls) and 'stacks' (with them) show everything in that detail.
   */
  readonly shape: 'raw' | 'all' | 'table' | 'graph' | 'lines' | 'instructions' | 'stacks'
  /** What it reads besides the profile: source only, or executables (and perhaps source) to disassemble. */
  readonly reads?: 'sources' | 'executables'
  /** 'gzip': the bytes written are to be compressed. */
  readonly compress?: 'gzip'
  /** The text written is a graph, to be drawn as this. */
  readonly picture?: Picture
  /** Shown by this program, unless the user names an output. */
  readonly viewer?: Viewer
  /** How names of its files end. Without a viewer, such output does not go to a terminal. */
  readonly ending?: string
}

/** A report is made in two steps: data first, its text by another function. */
function writer<Doc>(
  build: (r: Report) => Doc,
  print: (doc: Doc, r: Report, out: Sink) => void,
): WriteReport {
  return (r, out) => {
    try {
      print(build(r), r, out)
    } catch (e) {
      if (e instanceof RangeError && TOO_LARGE.test(e.message))
        throw new UserError(`the report is too large to be made (${e.message})`)
      throw e
    }
  }
}

/** What V8 says when a text or a table gets larger than it can hold: a long name may be printed a million times. */
const TOO_LARGE =
  /Invalid string length|allocation failed|Invalid (typed )?array length|maximum size exceeded/

function kind(
  shape: ReportKind['shape'],
  load: ReportKind['load'],
  { takesSymbol = false, ...more }: Partial<Omit<ReportKind, 'load' | 'shape'>> = {},
): ReportKind {
  return { load, takesSymbol, shape, ...more }
}

const picture = (picture: Picture, ending: string, viewer?: Viewer): ReportKind =>
  kind('graph', drawing, { picture, ending, ...(viewer && { viewer }) })

const callgrind = () => import('./callgrind.ts').then((m) => writer(m.buildCallgrind, m.printCallgrind))
const comments = () => import('./comments.ts').then((m) => writer(m.buildComments, m.printComments))
const disasm = () => import('./disasm.ts').then((m) => writer(m.buildDisasm, m.printDisasm))
const dot = () => import('./dot.ts').then((m) => writer(m.buildDot, m.printDot))
const drawing = () => import('./dot.ts').then((m) => writer(m.buildDot, m.printPictureDot))
const list = () => import('./list.ts').then((m) => writer(m.buildList, m.printList))
const proto = () => import('./proto.ts').then((m) => writer(m.buildProto, m.printProto))
const raw = () => import('./raw.ts').then((m) => writer(m.buildRaw, m.printRaw))
const tags = () => import('./tags.ts').then((m) => writer(m.buildTags, m.printTags))
const text = () => import('./text.ts').then((m) => writer(m.buildText, m.printText))
const topProto = () => import('./proto.ts').then((m) => writer(m.buildTopProto, m.printProto))
const traces = () => import('./traces.ts').then((m) => writer(m.buildTraces, m.printTraces))
const tree = () => import('./tree.ts').then((m) => writer(m.buildTree, m.printTree))
const weblist = () =>
  Promise.all([import('./weblist.ts'), import('./weblist-html.ts')]).then(([data, page]) =>
    writer(data.buildWeblist, page.printWeblist),
  )

export const REPORTS = {
  callgrind: kind('raw', callgrind, { ending: 'callgraph.out' }),
  comments: kind('graph', comments),
  disasm: kind('instructions', disasm, { takesSymbol: true, reads: 'executables' }),
  dot: kind('graph', dot),
  eog: picture('svg', 'svg', 'eog'),
  eps: picture('eps', 'eps'),
  evince: picture('pdf', 'pdf', 'evince'),
  gif: picture('gif', 'gif'),
  gv: picture('ps', 'ps', 'gv'),
  jpg: picture('jpg', 'jpg'),
  kcachegrind: kind('raw', callgrind, { viewer: 'kcachegrind', ending: 'grind' }),
  list: kind('lines', list, { takesSymbol: true, reads: 'sources' }),
  pdf: picture('pdf', 'pdf'),
  peek: kind('all', tree, { takesSymbol: true }),
  png: picture('png', 'png'),
  proto: kind('raw', proto, { compress: 'gzip', ending: 'pb.gz' }),
  ps: picture('ps', 'ps'),
  raw: kind('raw', raw),
  svg: picture('page', 'svg'),
  tags: kind('graph', tags),
  text: kind('table', text),
  top: kind('table', text),
  topproto: kind('table', topProto, { compress: 'gzip', ending: 'pb.gz' }),
  traces: kind('graph', traces),
  tree: kind('graph', tree),
  web: picture('page', 'svg', 'browser'),
  weblist: kind('stacks', weblist, {
    takesSymbol: true,
    reads: 'executables',
    viewer: 'browser',
    ending: 'html',
  }),
} as const satisfies Record<string, ReportKind>

export type ReportName = keyof typeof REPORTS
