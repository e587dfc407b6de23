// The reports of `goscope pprof`, in the order in which help lists them. A new one is a file and a line.

import { buildCallgrind, printCallgrind } from './callgrind.ts'
import { buildComments, printComments } from './comments.ts'
import { buildDot, printDot } from './dot.ts'
import { buildProto, buildTopProto, printProto } from './proto.ts'
import { buildRaw, printRaw } from './raw.ts'
import type { Report, Sink } from './report.ts'
import { buildTags, printTags } from './tags.ts'
import { buildText, printText } from './text.ts'
import { buildTraces, printTraces } from './traces.ts'
import { buildTree, printTree } from './tree.ts'

/** How a report is made: data first, its text by another function. */
export interface ReportKind {
  /** Makes and prints the report. Throws UserError (possibly after part of the text). */
  readonly write: (r: Report, out: Sink) => void
  /** Whether the command takes a regular expression. */
  readonly takesSymbol: boolean
  /**
   * How a command shapes the config before it runs: 'raw' shows addresses and everything; 'all' shows
   * everything; 'table' has no limit on nodes unless one is set; 'graph' shows 80 nodes by default.
   */
  readonly shape: 'raw' | 'all' | 'table' | 'graph'
  /** 'gzip': the bytes written are to be compressed. */
  readonly compress?: 'gzip'
}

function kind<Doc>(
  shape: ReportKind['shape'],
  build: (r: Report) => Doc,
  print: (doc: Doc, r: Report, out: Sink) => void,
  o: { takesSymbol?: boolean; compress?: 'gzip' } = {},
): ReportKind {
  return {
    write: (r, out) => print(build(r), r, out),
    takesSymbol: o.takesSymbol ?? false,
    shape,
    ...(o.compress && { compress: o.compress }),
  }
}

export const REPORTS = {
  callgrind: kind('raw', buildCallgrind, printCallgrind),
  comments: kind('graph', buildComments, printComments),
  dot: kind('graph', buildDot, printDot),
  peek: kind('all', buildTree, printTree, { takesSymbol: true }),
  proto: kind('raw', buildProto, printProto, { compress: 'gzip' }),
  raw: kind('raw', buildRaw, printRaw),
  tags: kind('graph', buildTags, printTags),
  text: kind('table', buildText, printText),
  top: kind('table', buildText, printText),
  topproto: kind('table', buildTopProto, printProto, { compress: 'gzip' }),
  traces: kind('graph', buildTraces, printTraces),
  tree: kind('graph', buildTree, printTree),
} as const satisfies Record<string, ReportKind>

export type ReportName = keyof typeof REPORTS
