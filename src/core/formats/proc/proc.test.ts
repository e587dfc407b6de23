import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import {
  cgroupFolders,
  containerOf,
  parseCfsQuota,
  parseCgroupLimit,
  parseCgroupMounts,
  parseCgroups,
  parseCpuMax,
  parseKeyed,
  parsePressure,
  systemdUnit,
} from './cgroup.ts'
import { countOfList, parseLimits, pickEnvironment } from './limits.ts'
import { parsePprofIndex } from './pprof-index.ts'
import { clockSeconds, parseCim, parseLsof, parseNetstat, parsePs, parseTasklist } from './process-lists.ts'
import { hostPort, parseTcpTable, parseUnixTable } from './sockets.ts'
import { parseProcStat, parseSchedstat } from './stat.ts'
import { parseSyscall, syscallName } from './syscalls.ts'
import {
  parseDiskstats,
  parseLoad,
  parseMeminfo,
  parseNetCounters,
  parseNetDev,
  parseNumbers,
  parseSockstat,
  parseSystemCpu,
} from './system.ts'

const STAT =
  '4711 (a (b) c) S 1 4711 31309 0 -1 4194560 2065 0 7 0 150 25 0 0 20 0 5 0 1722069 1566445568 3362 18446744073709551615 4194304 7218640 140728987218736 0 0 0 0 2 2143420157 0 0 0 17 1 0 0 42 0 0'

describe('stat', () => {
  test('names hold blanks and parentheses', () => {
    expect(parseProcStat(STAT)).toMatchObject({
      pid: 4711,
      name: 'a (b) c',
      state: 'S',
      parent: 1,
      kernel: false,
      minorFaults: 2065,
      majorFaults: 7,
      userTicks: 150,
      systemTicks: 25,
      threads: 5,
      startTicks: 1722069,
      virtualBytes: 1566445568,
      residentPages: 3362,
      processor: 1,
      diskWaitTicks: 42,
    })
  })

  test('threads of the kernel', () => {
    expect(parseProcStat(STAT.replace(' 4194560 ', ' 69238880 ')).kernel).toBe(true)
  })

  test('cut anywhere it gives a stat or a DecodeError', () => {
    for (let n = 0; n < STAT.length; n++)
      try {
        expect(parseProcStat(STAT.slice(0, n)).pid).toBe(4711)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    expect(() => parseProcStat('')).toThrow(DecodeError)
  })

  test('schedstat', () => {
    expect(parseSchedstat('11140300 19954582 762\n')).toEqual({ runNs: 11140300, waitNs: 19954582 })
    expect(parseSchedstat('')).toBeUndefined()
  })
})

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

describe('sockets', () => {
  test('IPv4, with queues', () => {
    const [a, b, ...rest] = parseTcpTable(
      `${HEAD}   0: 0100007F:1BCF 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1658887 1 0 100 0 0 10 0
   1: 0502000A:01BB 0101A8C0:CA11 01 00000010:00000000 00:00000000 00000002  1000        0 464 1 0 100 0 0 10 0\n`,
    )
    expect(a).toMatchObject({
      address: '127.0.0.1',
      port: 7119,
      state: 'listen',
      received: 3,
      inode: 1658887,
    })
    expect(b).toMatchObject({
      address: '10.0.2.5',
      port: 443,
      remoteAddress: '192.168.1.1',
      state: 'established',
      sending: 16,
      retransmits: 2,
      uid: 1000,
    })
    expect(rest).toEqual([])
  })

  test('IPv6 by RFC 5952', () => {
    const row = (hex: string) =>
      ` 0: ${hex}:1BD7 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 9 1`
    const address = (hex: string) => parseTcpTable(row(hex))[0]!.address
    expect(address('00000000000000000000000001000000')).toBe('::1')
    expect(address('00000000000000000000000000000000')).toBe('::')
    expect(address('0000000000000000FFFF00000100007F')).toBe('127.0.0.1')
    expect(address('B80D01200000000067452301EFCDAB89')).toBe('2001:db8::123:4567:89ab:cdef')
    expect(hostPort('::1', 80)).toBe('[::1]:80')
  })

  test('Unix sockets, listening or not, with blanks in their names', () => {
    const rows = parseUnixTable(
      `Num       RefCount Protocol Flags    Type St Inode Path
00000000df68abe5: 00000002 00000000 00010000 0001 01 1657854 /tmp/a b.sock
00000000df68abe6: 00000003 00000000 00000000 0001 03 22
00000000df68abe7: 00000002 00000000 00010000 0001 01 23 @abstract\n`,
    )
    expect(rows).toEqual([
      { path: '/tmp/a b.sock', listening: true, inode: 1657854 },
      { path: '', listening: false, inode: 22 },
      { path: '@abstract', listening: true, inode: 23 },
    ])
  })

  test('what is no table gives nothing', () => {
    for (const text of ['', 'x', 'a:b c:d e', `${HEAD}  0: zz:1 0:0 0A`])
      expect(parseTcpTable(text)).toEqual([])
  })
})

const V2_MOUNT = '31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n'
const V1_MOUNTS = `32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/abc /sys/fs/cgroup/mem\\040ory rw - cgroup cgroup rw,memory
36 31 0:33 / /proc rw - proc proc rw\n`

describe('control groups', () => {
  test('v2: the group and those above it', () => {
    const folders = cgroupFolders(parseCgroups('0::/a.slice/b.service\n'), parseCgroupMounts(V2_MOUNT), '')
    expect(folders).toEqual(['/sys/fs/cgroup/a.slice/b.service', '/sys/fs/cgroup/a.slice', '/sys/fs/cgroup'])
  })

  test('v1: each controller its tree, seen from inside of a container', () => {
    const mounts = parseCgroupMounts(V1_MOUNTS)
    const paths = parseCgroups('5:cpu,cpuacct:/x\n4:memory:/docker/abc/y\n')
    expect(cgroupFolders(paths, mounts, 'cpu')).toEqual([
      '/sys/fs/cgroup/cpu,cpuacct/x',
      '/sys/fs/cgroup/cpu,cpuacct',
    ])
    expect(cgroupFolders(paths, mounts, 'memory')).toEqual([
      '/sys/fs/cgroup/mem ory/y',
      '/sys/fs/cgroup/mem ory',
    ])
    expect(cgroupFolders(paths, mounts, 'pids')).toEqual([])
  })

  test('a group out of sight leads nowhere outside of the mount', () => {
    const folders = cgroupFolders(parseCgroups('0::/../../etc\n'), parseCgroupMounts(V2_MOUNT), '')
    expect(folders).toEqual(['/sys/fs/cgroup'])
  })

  const id = 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184'
  test.each([
    [`0::/system.slice/docker-${id}.scope`, { runtime: 'docker', id: id.slice(0, 12) }],
    [`4:memory:/docker/${id}`, { runtime: 'docker', id: id.slice(0, 12) }],
    [`0::/machine.slice/libpod-${id}.scope/container`, { runtime: 'podman', id: id.slice(0, 12) }],
    [
      `0::/kubepods.slice/kubepods-pod0a1b2c3d_0a1b_0a1b_0a1b_0a1b2c3d4e5f.slice/cri-containerd-${id}.scope`,
      { runtime: 'containerd', id: id.slice(0, 12), pod: '0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f' },
    ],
    [
      `2:cpu:/kubepods/pod0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/${id}`,
      { runtime: 'kubernetes', id: id.slice(0, 12), pod: '0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f' },
    ],
    ['0::/lxc.payload.web/init.scope', { runtime: 'lxc', id: 'web' }],
    ['0::/user.slice/user-1000.slice/session-3.scope', undefined],
  ])('container of %s', (line, expected) => {
    expect(containerOf(parseCgroups(line))).toEqual(expected)
  })

  test('unit of systemd', () => {
    expect(systemdUnit(parseCgroups('0::/system.slice/nginx.service'))).toBe('nginx.service')
    expect(systemdUnit(parseCgroups('0::/user.slice/user@1000.service/app.slice'))).toBeUndefined()
  })

  test('limits', () => {
    expect(parseCgroupLimit('max\n')).toBe(Number.POSITIVE_INFINITY)
    expect(parseCgroupLimit('9223372036854771712\n')).toBe(Number.POSITIVE_INFINITY)
    expect(parseCgroupLimit('200000000\n')).toBe(200000000)
    expect(parseCgroupLimit('')).toBeUndefined()
    expect(parseCpuMax('150000 100000\n')).toBe(1.5)
    expect(parseCpuMax('max 100000\n')).toBe(Number.POSITIVE_INFINITY)
    expect(parseCpuMax('')).toBeUndefined()
    expect(parseCfsQuota('-1\n', '100000\n')).toBe(Number.POSITIVE_INFINITY)
    expect(parseCfsQuota('50000\n', '100000\n')).toBe(0.5)
    expect(parseCfsQuota('', '')).toBeUndefined()
  })

  test('counters and pressure', () => {
    expect(parseKeyed('nr_periods 10\nnr_throttled 3\n').get('nr_throttled')).toBe(3)
    expect(
      parsePressure(
        'some avg10=25.50 avg60=48.08 avg300=64.01 total=6831\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=0\n',
      ),
    ).toEqual({ some10: 0.255, full10: 0.01, someTotalUs: 6831 })
    expect(parsePressure('')).toBeUndefined()
  })
})

describe('limits and environment', () => {
  test('soft limits', () => {
    const text = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 524288               files
Max processes             96365                96365                processes\n`
    expect(parseLimits(text)).toMatchObject({
      openFiles: 1024,
      processes: 96365,
      cpuSeconds: Number.POSITIVE_INFINITY,
      addressSpace: undefined,
    })
  })

  test('only chosen variables are kept, the first of a name', () => {
    const env = pickEnvironment('SECRET=x\0GOGC=50\0GOGC=60\0GODEBUG=a=1,b=2\0', ['GOGC', 'GODEBUG'])
    expect([...env]).toEqual([
      ['GOGC', '50'],
      ['GODEBUG', 'a=1,b=2'],
    ])
  })

  test('lists of processors', () => {
    expect(countOfList('0-3,7\n')).toBe(5)
    expect(countOfList('0')).toBe(1)
    expect(countOfList('')).toBeUndefined()
  })
})

describe('lists of processes of other systems', () => {
  test('ps', () => {
    const [p] = parsePs('  501   1  502  20480   1:02.50 2-03:04:05 /Applications/My App.app/Contents/x\n')
    expect(p).toEqual({
      pid: 501,
      parent: 1,
      uid: 502,
      residentBytes: 20 << 20,
      cpuSeconds: 62.5,
      uptimeSeconds: 2 * 86400 + 3 * 3600 + 4 * 60 + 5,
      executable: '/Applications/My App.app/Contents/x',
    })
    expect(clockSeconds('nonsense')).toBeUndefined()
  })

  test('PowerShell', () => {
    const one =
      '{"p":8,"pp":4,"x":"C:\\\\a\\\\b.exe","n":"b.exe","w":4096,"k":10000000,"u":5000000,"s":"2026-01-01T00:00:00.0000000Z"}'
    const now = Date.parse('2026-01-01T00:01:00Z')
    const expected = {
      pid: 8,
      parent: 4,
      executable: 'C:\\a\\b.exe',
      residentBytes: 4096,
      cpuSeconds: 1.5,
      uptimeSeconds: 60,
    }
    expect(parseCim(one, now)).toMatchObject([expected])
    expect(parseCim(`[${one},{"p":0,"x":null,"n":"Idle","s":""}]`, now)).toMatchObject([
      expected,
      { pid: 0, executable: 'Idle' },
    ])
    expect(parseCim('[{', now)).toEqual([])
  })

  test('tasklist, with the marks of any locale', () => {
    const rows = parseTasklist(
      '"a ""b"".exe","12","Console","1","1\u00a0234 K"\r\n"x.exe","4","Services","0","12,345 K"\r\n',
    )
    expect(rows.map((r) => [r.executable, r.pid, r.residentBytes])).toEqual([
      ['a "b".exe', 12, 1234 * 1024],
      ['x.exe', 4, 12345 * 1024],
    ])
  })

  test('listeners', () => {
    expect(parseLsof('p12\nf3\nn127.0.0.1:6060\nf4\nn*:80\np13\nf5\nn[::1]:90\n')).toEqual([
      { pid: 12, address: '127.0.0.1', port: 6060 },
      { pid: 12, address: '0.0.0.0', port: 80 },
      { pid: 13, address: '::1', port: 90 },
    ])
    expect(
      parseNetstat(`
  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:6060         0.0.0.0:0              ABHÖREN         1234
  TCP    [::]:445               [::]:0                 ABHÖREN         4
  TCP    127.0.0.1:50000        127.0.0.1:6060         HERGESTELLT     99\n`),
    ).toEqual([
      { pid: 1234, address: '127.0.0.1', port: 6060 },
      { pid: 4, address: '::', port: 445 },
    ])
  })
})

describe('the page of net/http/pprof', () => {
  test('names and counts', () => {
    const html = `<html><head><title>/debug/pprof/</title></head><body><table>
<tr><td>5</td><td><a href='allocs?debug=1'>allocs</a></td></tr>
<tr><td>25</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>
<tr><td>2</td><td><a href='my%20own?debug=1'>my own</a></td></tr></table>`
    expect([...parsePprofIndex(html)!]).toEqual([
      ['allocs', 5],
      ['goroutine', 25],
      ['my%20own', 2],
    ])
  })

  test('other pages', () => {
    expect(parsePprofIndex('<html>see /debug/pprof/ for more</html>')).toBeUndefined()
    expect(parsePprofIndex('')).toBeUndefined()
  })
})

describe('system calls', () => {
  test('names by architecture', () => {
    expect(['amd64', 'arm64', 'riscv64'].map((a) => syscallName(a, a === 'amd64' ? 202 : 98))).toEqual([
      'futex',
      'futex',
      'futex',
    ])
    expect(syscallName('amd64', 281)).toBe('epoll_pwait')
    expect(syscallName('arm64', 22)).toBe('epoll_pwait')
    expect(syscallName('amd64', 441)).toBe('epoll_pwait2')
    expect(syscallName('amd64', 334)).toBe('rseq')
    expect(syscallName('arm64', 250)).toBe('#250')
    expect(syscallName('mips', 1)).toBe('#1')
    expect(syscallName('amd64', 100000)).toBe('#100000')
  })

  test('where a thread is', () => {
    expect(parseSyscall('running\n')).toEqual({ running: true, number: -1 })
    expect(parseSyscall('202 0xc000048948 0x80 0x0 0x0 0x0 0x0 0x7f 0x46c2a3\n')).toEqual({
      running: false,
      number: 202,
    })
    expect(parseSyscall('-1 0x7f 0x46\n')).toEqual({ running: false, number: -1 })
    expect(parseSyscall('')).toBeUndefined()
  })
})

describe('counters of the machine', () => {
  test('processors: guests are not counted twice', () => {
    expect(parseSystemCpu('cpu  100 10 50 800 40 0 5 7 30 2\ncpu0 1 2\ncpu1 1 2\nintr 5\n')).toEqual({
      busy: 172,
      total: 1012,
      steal: 7,
      processors: 2,
    })
    expect(parseSystemCpu('')).toBeUndefined()
  })

  test('memory, load, numbers', () => {
    expect(parseMeminfo('MemTotal:       24684084 kB\nHugePages_Total:       0\n').get('MemTotal')).toBe(
      24684084 * 1024,
    )
    expect(parseLoad('1.41 3.14 4.70 4/127 23930\n')).toEqual({ load: 1.41, runnable: 4, threads: 127 })
    expect(parseNumbers('rchar: 651\nvoluntary_ctxt_switches:\t289\n').get('voluntary_ctxt_switches')).toBe(
      289,
    )
  })

  test('disks: parts and loops are left out', () => {
    const disks = parseDiskstats(`   7       0 loop0 1 0 8 0 0 0 0 0 0 9 9 0 0 0 0 0 0
 259       0 nvme0n1 10 0 200 5 20 0 400 6 1 77 88 0 0 0 0 0 0
 259       1 nvme0n1p1 10 0 200 5 20 0 400 6 1 77 88 0 0 0 0 0 0
   8       0 sda 10 0 2 5 20 0 4 6 1 7 8 0 0 0 0 0 0
   8       1 sda1 10 0 2 5 20 0 4 6 1 7 8 0 0 0 0 0 0\n`)
    expect(disks.map((d) => d.name)).toEqual(['nvme0n1', 'sda'])
    expect(disks[0]).toEqual({
      name: 'nvme0n1',
      readBytes: 200 * 512,
      writtenBytes: 400 * 512,
      busyMs: 77,
      weightedMs: 88,
    })
  })

  test('network without loopback', () => {
    expect(
      parseNetDev(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 1 9 9 0 0 0 0 999 1 9 9 0 0 0 0
  eth0:1000 10 1 2 0 0 0 0 500 5 3 4 0 0 0 0\n`),
    ).toEqual({ receivedBytes: 1000, sentBytes: 500, errors: 4, drops: 6 })
  })

  test('tables of counters', () => {
    const c = parseNetCounters('Tcp: RtoMin MaxConn RetransSegs\nTcp: 200 -1 2481\nUdp: A\nUdp: 3\n')
    expect([c.get('Tcp.RetransSegs'), c.get('Tcp.MaxConn'), c.get('Udp.A')]).toEqual([2481, -1, 3])
    expect(parseSockstat('sockets: used 22\nTCP: inuse 5 orphan 0 tw 3 alloc 7 mem 0\n').get('TCP.tw')).toBe(
      3,
    )
  })
})
