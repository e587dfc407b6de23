// What functions of the standard library and the runtime are doing, by name: the vocabulary in which
// rules of the doctor and filters such as "collapse the collector" are written. A function may be of several
// kinds. Names are those of Go 1.11 to 1.27; what a newer runtime renames goes here and nowhere else.

/** Kind -> names of functions that do it. */
export const FUNCTION_KINDS = {
  /** Compiling regular expressions. */
  regexpCompile:
    /^regexp\.(MustCompile|Compile)(POSIX)?$|^regexp\.compile$|^regexp\/syntax\.(Parse|parse|Compile|\(\*compiler\))/,
  regexpMatch: /^regexp\.\(\*Regexp\)\./,
  /** Parsing templates. */
  templateParse:
    /^(text|html)\/template\.(\(\*Template\)\.(Parse|New|escape|lookupAndEscape)|Parse|parse|Must|escapeTemplate|\(\*escaper\))|^text\/template\/parse\./,
  concatStrings: /^runtime\.concatstrings?\d*$/,
  format: /^fmt\.(S|F|Fp|P|Ap|E)?(print|scan|append|rrorf|\(\*pp\))\w*/i,
  reflect: /^(reflect|internal\/reflectlite)\./,
  encode: /^encoding\/(json|xml|gob|asn1)(\/\w+)*\./,
  growSlice: /^runtime\.growslice(NoAlloc|Buf\w*)?$/,
  growMap:
    /^runtime\.(hashGrow|growWork\w*|evacuate\w*)$|^internal\/runtime\/maps\.\((\*table\)\.(rehash|grow|split)|\*Map\)\.(growToTable|growToSmall|installTableSplit))/,
  alloc:
    /^runtime\.(mallocgc\w*|newobject|newarray|makeslice\w*|makemap\w*|makechan\w*|growslice\w*|rawstring\w*|rawbyteslice|concatstring\w*|slicebytetostring|stringtoslicebyte|convT\w*|deferproc\w*|newdefer)$/,
  collect:
    /^runtime\.(gcBgMarkWorker|gcDrain\w*|gcAssistAlloc\w*|bgsweep|bgscavenge|gcStart|gcMarkTermination|gcMarkDone|gcSweep|sweepone|markroot\w*|scanobject|scanObject|scanblock|greyobject|wbBufFlush\w*|\(\*gcWork\)\.\w+|forEachP\w*|gcBgMarkWorker\.func\d+)$/,
  assist: /^runtime\.gcAssistAlloc\w*$/,
  sweep: /^runtime\.(bgsweep|sweepone|deductSweepCredit|\(\*(sweepLocked|mspan)\)\.sweep)$/,
  writeBarrier: /^runtime\.(wbBufFlush\w*|gcWriteBarrier\w*|bulkBarrier\w*|typedmemmove|typedslicecopy)$/,
  channel: /^runtime\.(chansend\w*|chanrecv\w*|selectgo|selectnb\w*|closechan|send|recv)$/,
  lock: /^(internal\/)?sync\.\(\*(Mutex|RWMutex)\)\.(Lock|RLock|lockSlow|rlockSlow|TryLock|TryRLock)$/,
  unlock: /^(internal\/)?sync\.\(\*(Mutex|RWMutex)\)\.(Unlock|RUnlock|unlockSlow|rUnlockSlow)$/,
  readLock: /^sync\.\(\*RWMutex\)\.(RLock|rlockSlow)$/,
  condWait: /^sync\.(\(\*Cond\)\.Wait|runtime_notifyListWait)$/,
  waitGroup: /^sync\.\(\*WaitGroup\)\.(Wait|Go)$/,
  semaphore: /^sync\.runtime_Semacquire\w*$/,
  systemCall:
    /^(syscall\.|internal\/(runtime\/)?syscall[./]|runtime\/internal\/syscall\.|golang\.org\/x\/sys\/)/,
  fileRead:
    /^(os\.\(\*File\)\.(Read\w*|read|pread)|syscall\.([Rr]ead|[Pp]read)|internal\/poll\.\(\*FD\)\.(Read\w*|Pread))$/,
  fileWrite:
    /^(os\.\(\*File\)\.(Write\w*|write|pwrite)|syscall\.([Ww]rite|[Pp]write)|internal\/poll\.\(\*FD\)\.(Write\w*|Pwrite))$/,
  /** Records of deferred calls on the heap: only defers in loops need them since Go 1.14. */
  deferInLoop: /^runtime\.(deferproc|deferprocat|deferrangefunc|deferconvert|newdefer|freedefer\w*)$/,
  defer: /^runtime\.(deferproc\w*|newdefer|deferreturn|freedefer\w*|\(\*_panic\)\.(next\w*|start))$/,
  startGoroutine: /^runtime\.(newproc1?|malg|gfget|gfput|goexit0?|goexit1|gdestroy)(\.func\d+)?$/,
  growStack:
    /^runtime\.(newstack|morestack\w*|copystack|adjustframes?|adjustpointers|stackalloc|shrinkstack)$/,
  schedule:
    /^runtime\.(schedule|findRunnable|findrunnable|park_m|mcall|stealWork|runqsteal|runqgrab|stopm|startm|wakep|notesleep|futex\w*|ready|goready|execute)$/,
  sleep: /^(time\.Sleep|runtime\.timeSleep)$/,
  timers:
    /^(time\.(NewTimer|NewTicker|After|AfterFunc|Tick|\(\*(Timer|Ticker)\)\.(Stop|Reset)|newTimer|stopTimer|resetTimer)|context\.(WithTimeout|WithDeadline)\w*)$/,
  network: /^(net\.|internal\/poll\.|crypto\/tls\.)/,
  tlsHandshake: /^crypto\/tls\.\(\*Conn\)\.(Handshake\w*|handshake\w*|clientHandshake|serverHandshake)/,
  tlsConfig:
    /^crypto\/(tls\.(LoadX509KeyPair|X509KeyPair)|x509\.(SystemCertPool|NewCertPool|ParseCertificate\w*|\(\*CertPool\)\.\w+))/,
  sqlPrepare: /^database\/sql\.\(\*(DB|Tx|Conn)\)\.(Prepare\w*|prepare\w*)$/,
  sqlOpen: /^database\/sql\.(Open|OpenDB)$/,
  logging:
    /^(log|log\/slog|go\.uber\.org\/zap(\/\w+)*|github\.com\/(rs\/zerolog|sirupsen\/logrus|go-kit\/(kit\/)?log|golang\/glog|apex\/log|phuslu\/log)|k8s\.io\/klog(\/v\d)?)\./,
  sort: /^(sort|slices)\.(\w*[Ss]ort\w*|pdq\w+|insertionSort\w*|heapSort\w*)/,
  compress: /^compress\//,
  crypto: /^crypto\//,
  finalizer: /^runtime\.(runfinq|runFinalizers|runCleanups)$/,
  mapAccess: /^(runtime\.map(access|assign|delete|iter)\w*|internal\/runtime\/maps\.)/,
  copyBytes: /^runtime\.mem(move|clr\w*)$/,
} as const satisfies Readonly<Record<string, RegExp>>

export type FunctionKind = keyof typeof FUNCTION_KINDS

const KIND_LIST = Object.keys(FUNCTION_KINDS) as FunctionKind[]

/** Whether a function of this name, type arguments aside, is of the kind. */
export function isOfKind(name: string, kind: FunctionKind): boolean {
  return FUNCTION_KINDS[kind].test(name)
}

/** All kinds of a function. */
export function kindsOf(name: string): ReadonlySet<FunctionKind> {
  // User code is of no kind; looking at its first letters spares forty patterns.
  return new Set(KIND_LIST.filter((kind) => FUNCTION_KINDS[kind].test(name)))
}
