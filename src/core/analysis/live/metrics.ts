// The named numbers of `goscope watch`: what each is, for tables, recordings and scripts. A name never changes its
// meaning; new ones may come.

export type MetricUnit = 'bytes' | 'bytes/s' | 'count' | '/s' | 'share' | 'seconds' | 'processors'

export interface Metric {
  readonly title: string
  readonly unit: MetricUnit
}

const metric = (title: string, unit: MetricUnit): Metric => ({ title, unit })

export const METRICS = {
  // The program.
  'heap.live': metric('heap live at the last collection', 'bytes'),
  'heap.goal': metric('heap size at which the next collection ends', 'bytes'),
  'heap.alloc': metric('heap allocated', 'bytes'),
  'heap.inuse': metric('heap in use', 'bytes'),
  'heap.idle': metric('heap idle and not returned', 'bytes'),
  'heap.objects': metric('objects on the heap', 'count'),
  stacks: metric('stacks of goroutines', 'bytes'),
  'go.held': metric('held by the runtime', 'bytes'),
  'alloc.rate': metric('allocation', 'bytes/s'),
  'alloc.objects': metric('allocated objects', '/s'),
  'gc.rate': metric('collections', '/s'),
  'gc.forced': metric('collections forced by the program', '/s'),
  'gc.cpu': metric('CPU share of the collector', 'share'),
  'gc.pause.mean': metric('mean pause', 'seconds'),
  'gc.pause.max': metric('longest pause', 'seconds'),
  'gc.pause.share': metric('share of time in pauses', 'share'),
  'go.gogc': metric('GOGC', 'count'),
  'go.memlimit': metric('GOMEMLIMIT', 'bytes'),
  'go.maxprocs': metric('GOMAXPROCS', 'count'),
  'go.threads': metric('threads made by the runtime', 'count'),
  goroutines: metric('goroutines', 'count'),
  'goroutines.running': metric('running', 'count'),
  'goroutines.runnable': metric('runnable', 'count'),
  'goroutines.syscall': metric('in system calls', 'count'),
  'goroutines.io': metric('waiting for the network or files', 'count'),
  'goroutines.channel': metric('waiting on channels', 'count'),
  'goroutines.select': metric('waiting in select', 'count'),
  'goroutines.lock': metric('waiting for locks', 'count'),
  'goroutines.group': metric('waiting for groups', 'count'),
  'goroutines.sleep': metric('sleeping', 'count'),
  'goroutines.forever': metric('blocked for ever', 'count'),
  'goroutines.runtime': metric('of the runtime', 'count'),
  'goroutines.unknown': metric('other', 'count'),
  'goroutines.waiting': metric('waiting', 'count'),
  'sched.p50': metric('scheduler latency, median', 'seconds'),
  'sched.p99': metric('scheduler latency, p99', 'seconds'),
  'sched.max': metric('scheduler latency, longest', 'seconds'),
  'mutex.wait': metric('waiting for mutexes, goroutines at a time', 'count'),
  answer: metric('time of the answer', 'seconds'),
  uptime: metric('up', 'seconds'),
  // The process.
  cpu: metric('CPU', 'processors'),
  'cpu.user': metric('CPU in the program', 'processors'),
  'cpu.system': metric('CPU in the kernel', 'processors'),
  'cpu.limit': metric('CPU that it may use', 'processors'),
  'cpu.ready': metric('threads ready without a processor', 'processors'),
  'cpu.throttled': metric('share of periods throttled', 'share'),
  'cpu.throttled.time': metric('time throttled, threads at a time', 'processors'),
  rss: metric('resident memory', 'bytes'),
  'rss.peak': metric('resident memory at most', 'bytes'),
  swap: metric('swapped out', 'bytes'),
  'memory.limit': metric('memory that it may use', 'bytes'),
  'memory.group': metric('memory of its control group', 'bytes'),
  'memory.hits': metric('times at the memory limit', '/s'),
  'memory.kills': metric('kills for want of memory', 'count'),
  threads: metric('threads', 'count'),
  'threads.limit': metric('threads that it may have', 'count'),
  files: metric('open files', 'count'),
  'files.limit': metric('open files that it may have', 'count'),
  'faults.major': metric('page faults with a disk read', '/s'),
  'faults.minor': metric('page faults', '/s'),
  switches: metric('context switches by waiting', '/s'),
  'switches.forced': metric('context switches by force', '/s'),
  'disk.wait': metric('waiting for disks, threads at a time', 'processors'),
  'disk.read': metric('read from disks', 'bytes/s'),
  'disk.write': metric('written to disks', 'bytes/s'),
  'io.calls': metric('read and write calls', '/s'),
  'pressure.cpu': metric('its group waits for CPU', 'share'),
  'pressure.memory': metric('its group waits for memory', 'share'),
  'pressure.io': metric('its group waits for disks', 'share'),
  // The network that it is in.
  'net.receive': metric('received', 'bytes/s'),
  'net.send': metric('sent', 'bytes/s'),
  'net.errors': metric('errors of interfaces', '/s'),
  'net.drops': metric('dropped by interfaces', '/s'),
  'tcp.retransmits': metric('share of TCP segments sent again', 'share'),
  'tcp.established': metric('TCP connections', 'count'),
  'tcp.timewait': metric('TCP connections in TIME_WAIT', 'count'),
  'tcp.overflows': metric('connections dropped by full listen queues', '/s'),
  // The machine.
  'machine.cpu': metric('CPU of the machine', 'processors'),
  'machine.cpus': metric('processors', 'count'),
  'machine.load': metric('load', 'count'),
  'machine.runnable': metric('runnable threads of the machine', 'count'),
  'machine.memory': metric('memory in use', 'bytes'),
  'machine.memory.total': metric('memory', 'bytes'),
  'machine.swap': metric('swap in use', 'bytes'),
  'machine.disk.busy': metric('busiest disk', 'share'),
  'machine.disk.queue': metric('requests in the longest disk queue', 'count'),
  'machine.disk.read': metric('read from disks of the machine', 'bytes/s'),
  'machine.disk.write': metric('written to disks of the machine', 'bytes/s'),
  'machine.pressure.cpu': metric('some task waits for CPU', 'share'),
  'machine.pressure.memory': metric('some task waits for memory', 'share'),
  'machine.pressure.io': metric('some task waits for disks', 'share'),
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS

/** Numbers of one moment. What is not known is absent, never NaN. */
export type Values = { readonly [name in MetricName]?: number }

/** Whether a name is one of ours. */
export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name)
}
