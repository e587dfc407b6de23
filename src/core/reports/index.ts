// The reports of `goscope pprof`, in the order in which help lists them. A new one is a file and a line.

import { UserError } from '../base/errors.ts'
import { buildCallgrind, printCallgrind } from './callgrind.ts'
import { buildComments, printComments } from './comments.ts'
import { buildDisasm, printDisasm } from './disasm.ts'
import { buildDot, printDot, printPictureDot } from './dot.ts'
import { buildList, printList } from './list.ts'
import { buildProto, buildTopProto, printProto } from './proto.ts'
import { buildRaw, printRaw } from './raw.ts'
import type { Report, Sink } from './report.ts'
import { buildTags, printTags } from './tags.ts'
import { buildText, printText } from './text.ts'
import { buildTraces, printTraces } from './traces.ts'
import { buildTree, printTree } from './tree.ts'
import { buildWeblist } from './weblist.ts'
import { printWeblist } from './weblist-html.ts'

/** What the graph is drawn as; 'page' is an SVG that moves and zooms in a browser. */
export type Picture = 'page' | 'svg' | 'png' | 'gif' | 'jpg' | 'pdf' | 'ps' | 'eps'

/** A program that shows output to the user. */
export type Viewer = 'browser' | 'eog' | 'evince' | 'gv' | 'kcachegrind'

/** How a report is made: data first, its text by another function. */
export interface ReportKind {
  /** Makes and prints the report. Throws UserError (possibly after part of the text). */
  readonly write: (r: Report, out: Sink) => void
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

function kind<Doc>(
  shape: ReportKind['shape'],
  build: (r: Report) => Doc,
  print: (doc: Doc, r: Report, out: Sink) => void,
  { takesSymbol = false, ...more }: Partial<Omit<ReportKind, 'write' | 'shape'>> = {},
): ReportKind {
  const write = (r: Report, out: Sink): void => {
    try {
      print(build(r), r, out)
    } catch (e) {
      if (e instanceof RangeError && TOO_LARGE.test(e.message))
        throw new UserError(`the report is too large to be made (${e.message})`)
      throw e
    }
  }
  return { write, takesSymbol, shape, ...more }
}

/** What V8 says when a text or a table gets larger than it can hold: a long name may be printed a million times. */
const TOO_LARGE =
  /Invalid string length|allocation failed|Invalid (typed )?array length|maximum size exceeded/

const picture = (picture: Picture, ending: string, viewer?: Viewer): ReportKind =>
  kind('graph', buildDot, printPictureDot, { picture, ending, ...(viewer && { viewer }) })

export const REPORTS = {
  callgrind: kind('raw', buildCallgrind, printCallgrind, { ending: 'callgraph.out' }),
  comments: kind('graph', buildComments, printComments),
  disasm: kind('instructions', buildDisasm, printDisasm, { takesSymbol: true, reads: 'executables' }),
  dot: kind('graph', buildDot, printDot),
  eog: picture('svg', 'svg', 'eog'),
  eps: picture('eps', 'eps'),
  evince: picture('pdf', 'pdf', 'evince'),
  gif: picture('gif', 'gif'),
  gv: picture('ps', 'ps', 'gv'),
  jpg: picture('jpg', 'jpg'),
  kcachegrind: kind('raw', buildCallgrind, printCallgrind, { viewer: 'kcachegrind', ending: 'grind' }),
  list: kind('lines', buildList, printList, { takesSymbol: true, reads: 'sources' }),
  pdf: picture('pdf', 'pdf'),
  peek: kind('all', buildTree, printTree, { takesSymbol: true }),
  png: picture('png', 'png'),
  proto: kind('raw', buildProto, printProto, { compress: 'gzip', ending: 'pb.gz' }),
  ps: picture('ps', 'ps'),
  raw: kind('raw', buildRaw, printRaw),
  svg: picture('page', 'svg'),
  tags: kind('graph', buildTags, printTags),
  text: kind('table', buildText, printText),
  top: kind('table', buildText, printText),
  topproto: kind('table', buildTopProto, printProto, { compress: 'gzip', ending: 'pb.gz' }),
  traces: kind('graph', buildTraces, printTraces),
  tree: kind('graph', buildTree, printTree),
  web: picture('page', 'svg', 'browser'),
  weblist: kind('stacks', buildWeblist, printWeblist, {
    takesSymbol: true,
    reads: 'executables',
    viewer: 'browser',
    ending: 'html',
  }),
} as const satisfies Record<string, ReportKind>

export type ReportName = keyof typeof REPORTS
