// Lists of processes as the tools of macOS and Windows print them.

/** One process; what the tool does not tell is undefined. */
export interface ListedProcess {
  readonly pid: number
  readonly parent: number | undefined
  readonly residentBytes: number | undefined
  readonly cpuSeconds: number | undefined
  readonly uptimeSeconds: number | undefined
  readonly uid: number | undefined
  /** Path of the executable, or its name only. */
  readonly executable: string
}

/** Columns that `parsePs` wants, for `ps -axww -o`. */
export const PS_COLUMNS = 'pid=,ppid=,uid=,rss=,time=,etime=,comm='

/** Output of `ps -axww -o pid=,ppid=,uid=,rss=,time=,etime=,comm=` of macOS and the BSDs. */
export function parsePs(text: string): ListedProcess[] {
  const out: ListedProcess[] = []
  for (const line of text.split('\n')) {
    const m = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.+?)\s*$/.exec(line)
    if (m === null) continue
    out.push({
      pid: Number(m[1]),
      parent: Number(m[2]),
      uid: Number(m[3]),
      residentBytes: Number(m[4]) * 1024,
      cpuSeconds: clockSeconds(m[5]),
      uptimeSeconds: clockSeconds(m[6]),
      executable: m[7],
    })
  }
  return out
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` */
export function clockSeconds(text: string): number | undefined {
  const m = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text)
  if (m === null) return undefined
  return Number(m[1] ?? 0) * 86400 + Number(m[2] ?? 0) * 3600 + Number(m[3]) * 60 + Number(m[4])
}

/** What PowerShell is asked for; `parseCim` reads its answer. Times are in 100 ns, the start is in UTC. */
export const CIM_QUERY =
  'Get-CimInstance Win32_Process | ForEach-Object { [pscustomobject]@{ p=$_.ProcessId; pp=$_.ParentProcessId; ' +
  'x=$_.ExecutablePath; n=$_.Name; w=$_.WorkingSetSize; k=$_.KernelModeTime; u=$_.UserModeTime; ' +
  "s=if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } else { '' } } } | ConvertTo-Json -Compress"

/** Answer to CIM_QUERY at the time `now` (ms since 1970); none if it is broken. */
export function parseCim(text: string, now: number): ListedProcess[] {
  let doc: unknown
  try {
    doc = JSON.parse(text)
  } catch {
    return []
  }
  // A single one is no list.
  const rows: readonly unknown[] = Array.isArray(doc) ? doc : [doc]
  const out: ListedProcess[] = []
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue
    const { p, pp, x, n, w, k, u, s } = row as Readonly<Record<string, unknown>>
    if (typeof p !== 'number') continue
    const started = typeof s === 'string' ? Date.parse(s) : Number.NaN
    const cpu = (Number(k) + Number(u)) / 1e7
    out.push({
      pid: p,
      parent: typeof pp === 'number' ? pp : undefined,
      uid: undefined,
      residentBytes: w === undefined || Number.isNaN(Number(w)) ? undefined : Number(w),
      cpuSeconds: Number.isNaN(cpu) ? undefined : cpu,
      uptimeSeconds: Number.isNaN(started) ? undefined : Math.max(0, (now - started) / 1000),
      executable: typeof x === 'string' && x !== '' ? x : String(n ?? ''),
    })
  }
  return out
}

/** Output of `tasklist /FO CSV /NH`: names without paths, and memory in KiB with the marks of the locale. */
export function parseTasklist(text: string): ListedProcess[] {
  const out: ListedProcess[] = []
  for (const line of text.split('\n')) {
    const m = /^"((?:[^"]|"")*)","(\d+)","[^"]*","[^"]*","([^"]*)"/.exec(line)
    if (m === null) continue
    const kib = m[3].replace(/\D/g, '')
    out.push({
      pid: Number(m[2]),
      parent: undefined,
      uid: undefined,
      residentBytes: kib === '' ? undefined : Number(kib) * 1024,
      cpuSeconds: undefined,
      uptimeSeconds: undefined,
      executable: m[1].replaceAll('""', '"'),
    })
  }
  return out
}

export interface ListedListener {
  readonly pid: number
  readonly address: string
  readonly port: number
}

/** Output of `lsof -nP -a -iTCP -sTCP:LISTEN -Fpn`. */
export function parseLsof(text: string): ListedListener[] {
  const out: ListedListener[] = []
  let pid = 0
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1))
    const place = /^n(?:\[(.*)\]|([^[\]:]*)):(\d+)$/.exec(line)
    if (place === null) continue
    const address = place[1] ?? place[2]
    out.push({ pid, address: address === '*' ? '0.0.0.0' : address, port: Number(place[3]) })
  }
  return out
}

/** Output of `netstat -ano` of Windows. The names of states are translated; a listener has no other side. */
export function parseNetstat(text: string): ListedListener[] {
  const out: ListedListener[] = []
  for (const line of text.split('\n')) {
    const m = /^\s*TCP\s+(?:\[(.*?)\]|([\d.]+)):(\d+)\s+(?:0\.0\.0\.0|\[::\]):0\s+\S+\s+(\d+)\s*$/.exec(line)
    if (m !== null) out.push({ pid: Number(m[4]), address: m[1] ?? m[2], port: Number(m[3]) })
  }
  return out
}
