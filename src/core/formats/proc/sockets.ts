// /proc/PID/net/tcp, tcp6 and unix: the sockets of a network namespace (proc_pid_net(5)).

export interface TcpSocket {
  /** As people write it: `127.0.0.1`, `::1`. */
  readonly address: string
  readonly port: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly state: TcpState
  /** Bytes that are not yet sent or acknowledged, and not yet read. Of a listener, `received` is connections that wait. */
  readonly sending: number
  readonly received: number
  /** Timed-out sends that are being repeated. */
  readonly retransmits: number
  readonly uid: number
  /** Number of the socket, as in the links of /proc/PID/fd; 0 if no process has it any more. */
  readonly inode: number
}

/** States by number (include/net/tcp_states.h). */
const STATES = [
  'unknown',
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'close',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'syn-received',
] as const
export type TcpState = (typeof STATES)[number]

/** Rows of tcp or tcp6. Lines that are no sockets are passed over. */
export function parseTcpTable(text: string): TcpSocket[] {
  const out: TcpSocket[] = []
  for (const line of text.split('\n')) {
    const f = line.trim().split(/\s+/)
    if (f.length < 10) continue
    const local = hexPlace(f[1])
    const remote = hexPlace(f[2])
    const inode = Number(f[9])
    if (local === undefined || remote === undefined || !Number.isInteger(inode)) continue
    const [sending, received] = f[4].split(':')
    out.push({
      address: local.address,
      port: local.port,
      remoteAddress: remote.address,
      remotePort: remote.port,
      state: STATES[Number.parseInt(f[3], 16)] ?? 'unknown',
      sending: Number.parseInt(sending, 16) || 0,
      received: Number.parseInt(received, 16) || 0,
      retransmits: Number.parseInt(f[6], 16) || 0,
      uid: Number(f[7]),
      inode,
    })
  }
  return out
}

/** `0100007F:1BCF`: 32-bit words in the byte order of the machine, which is little where Go's Linux users are (s390x is not). */
function hexPlace(text: string): { readonly address: string; readonly port: number } | undefined {
  const m = /^((?:[\dA-F]{8})+):([\dA-F]{4})$/i.exec(text)
  if (m === null) return undefined
  const bytes: number[] = []
  for (let word = 0; word < m[1].length; word += 8)
    for (let at = 6; at >= 0; at -= 2) bytes.push(Number.parseInt(m[1].slice(word + at, word + at + 2), 16))
  const port = Number.parseInt(m[2], 16)
  if (bytes.length === 4) return { address: bytes.join('.'), port }
  return bytes.length === 16 ? { address: ipv6Text(bytes), port } : undefined
}

/** RFC 5952: the longest run of two zero groups or more is `::`. */
function ipv6Text(bytes: readonly number[]): string {
  // An IPv4 address of a socket that takes both.
  if (bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255)
    return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, k) => (bytes[2 * k] << 8) | bytes[2 * k + 1])
  let best = { from: 0, length: 1 }
  for (let from = 0; from < 8; from++) {
    let length = 0
    while (from + length < 8 && groups[from + length] === 0) length++
    if (length > best.length) best = { from, length }
  }
  const hex = groups.map((g) => g.toString(16))
  if (best.length < 2) return hex.join(':')
  return `${hex.slice(0, best.from).join(':')}::${hex.slice(best.from + best.length).join(':')}`
}

export interface UnixSocket {
  /** Path, or `@name` for one that is not in the file system; '' if it has none. */
  readonly path: string
  readonly listening: boolean
  readonly inode: number
}

/** Rows of unix. */
export function parseUnixTable(text: string): UnixSocket[] {
  const out: UnixSocket[] = []
  for (const line of text.split('\n')) {
    const m = /^[\da-f]+: [\dA-F]+ [\dA-F]+ ([\dA-F]+) [\dA-F]+ [\dA-F]+ +(\d+)(?: (.*))?$/i.exec(line)
    if (m === null) continue
    // SO_ACCEPTCON
    const listening = (Number.parseInt(m[1], 16) & 0x10000) !== 0
    out.push({ path: m[3] ?? '', listening, inode: Number(m[2]) })
  }
  return out
}

/** Whether an address is this machine's own and no other's. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** Whether a listener there takes connections on every address. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
