import { CHOICE_HELP, CONFIG_FIELDS } from '../../../core/reports/config.ts'
import { COMMAND_HELP } from '../../../core/reports/help.ts'

const firstLine = (s: string): string => s.split('\n', 1)[0]!
const entry = (name: string, help: string): string => `    ${name.padEnd(16)} ${firstLine(help)}`

/** What `goscope pprof -help` prints. */
export function pprofUsage(): string {
  const commands = COMMAND_HELP.map((c) => entry(`-${c.name}`, c.description)).sort()
  const options = CONFIG_FIELDS.filter((f) => f.choices === undefined)
    .map((f) => entry(`-${f.name}`, f.help))
    .sort()
  const groups = CONFIG_FIELDS.filter((f) => f.choices !== undefined).map((f) =>
    [`    ${f.name}`, ...f.choices!.map((c) => `  ${entry(`-${c}`, CHOICE_HELP[c] ?? '')}`)].join('\n'),
  )
  return `usage: goscope pprof -REPORT [options] [binary] source...

Stands in for go tool pprof: the same options, reports and text. A source is a profile
in any format that goscope reads, or - for standard input; several are merged.

  goscope pprof -top cpu.pb.gz
  goscope pprof -peek 'json.*Marshal' -nodecount=20 cpu.pb.gz
  goscope pprof -top -diff_base old.pb.gz new.pb.gz

  Reports (one at a time):
${commands.join('\n')}

  Options:
${options.join('\n')}

  Option groups (one of each):
${groups.sort().join('\n')}

  Sources:
    Files, - for standard input, and live programs: host:port, http://host:port/path,
    https://..., https+insecure://..., unix:/path.sock, unix:/path.sock:/debug/pprof/heap
    -seconds n         For how long a live program is measured
    -timeout n         Seconds to wait for its answer
    -tls_cert file     Certificate to show to the server, with its key
    -tls_key file      Its private key
    -tls_ca file       Whom to trust, instead of the system
    -symbolize mode    Where names come from: none, local, fastlocal or remote, :force, and
                       :demangle=none, full, templates or default
    -diff_base source  Profile to compare with
    -base source       Profile to take away
    -buildid id        Build id of the main binary, where the profile has none
    -add_comment text  Comment to add to the profile
    -total_delay, -contentions, -mean_delay, -inuse_space, -inuse_objects,
    -alloc_space, -alloc_objects   Sample types (see -sample_index)
`
}
