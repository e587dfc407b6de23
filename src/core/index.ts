// The library: everything that a program can do with profiles, in Node, browsers and workers alike.
// `goscope/node` adds files and what they need.

export { filterByName, type NameFilter, pruneFrom, showFrom } from './analysis/filter.ts'
export { coarsen, type Granularity } from './analysis/granularity.ts'
export { mergeProfiles } from './analysis/merge.ts'
export { harmonize, negate, normalize, scaleValues } from './analysis/scale.ts'
export { DecodeError, type Problem, UserError } from './base/errors.ts'
export { type Int, Int64Column } from './base/int64.ts'
export { engineFor } from './base/re2-engine.ts'
export { compileRegexp, type Regexp, type RegexpEngine, RegexpError } from './base/regexp.ts'
export type { Strings } from './base/strings.ts'
export { ProfileLoader } from './engine/profile-loader.ts'
export { type ReportText, reportText } from './engine/report-text.ts'
export { patternsOf, prepareReport, type RunContext } from './engine/run-report.ts'
export { decodeProfile, ProfileDecoder } from './formats/pprof/decode.ts'
export { encodeProfile } from './formats/pprof/encode.ts'
export type {
  FunctionTable,
  LabelSetTable,
  LineTable,
  LocationTable,
  MappingTable,
  Profile,
  SampleTable,
  ValueType,
} from './model/profile.ts'
export { ProfileBuilder } from './model/profile-builder.ts'
export { type Config, defaultConfig } from './reports/config.ts'
export { REPORTS, type ReportKind, type ReportName } from './reports/index.ts'
export { type Report, type Sink, TextSink } from './reports/report.ts'
