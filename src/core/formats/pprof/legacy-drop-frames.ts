import type { ValueType } from '../../model/profile.ts'

// The functions that allocate, lock or handle the profiling signal, as google/pprof
// profile/legacy_profile.go lists them: these texts become fields of the profile and are written out
// again, so they are the reference's to the letter.
const ALLOCATION = [
  'calloc cfree malloc free memalign do_memalign (__)?posix_memalign pvalloc valloc realloc',
  'tcmalloc::.* tc_calloc tc_cfree tc_malloc tc_free tc_memalign tc_posix_memalign tc_pvalloc tc_valloc',
  'tc_realloc tc_new tc_delete tc_newarray tc_deletearray tc_new_nothrow tc_newarray_nothrow',
  'malloc_zone_malloc malloc_zone_calloc malloc_zone_valloc malloc_zone_realloc malloc_zone_memalign',
  String.raw`malloc_zone_free runtime\..* BaseArena::.* (::)?do_malloc_no_errno (::)?do_malloc_pages`,
  '(::)?do_malloc DoSampledAllocation MallocedMemBlock::MallocedMemBlock _M_allocate',
  '__builtin_(vec_)?delete __builtin_(vec_)?new __gnu_cxx::new_allocator::allocate __libc_malloc',
  '__malloc_alloc_template::allocate allocate cpp_alloc',
]
  .flatMap((line) => line.split(' '))
  .concat(String.raw`operator new(\[\])?`, 'simple_alloc::allocate')
  .join('|')

const ALLOCATION_KEPT = String.raw`runtime\.panic|runtime\.reflectcall|runtime\.call[0-9]*`

const LOCKING = [
  'RecordLockProfileData (base::)?RecordLockProfileData.* (base::)?SubmitMutexProfileData.*',
  '(base::)?SubmitSpinLockProfileData.* (base::Mutex::)?AwaitCommon.* (base::Mutex::)?Unlock.*',
  '(base::Mutex::)?UnlockSlow.* (base::Mutex::)?ReaderUnlock.* (base::MutexLock::)?~MutexLock.*',
  '(Mutex::)?AwaitCommon.* (Mutex::)?Unlock.* (Mutex::)?UnlockSlow.* (Mutex::)?ReaderUnlock.*',
  '(MutexLock::)?~MutexLock.* (SpinLock::)?Unlock.* (SpinLock::)?SlowUnlock.*',
  '(SpinLockHolder::)?~SpinLockHolder.*',
]
  .flatMap((line) => line.split(' '))
  .join('|')

const PROFILING = [
  'ProfileData::Add',
  'ProfileData::prof_handler',
  'CpuProfiler::prof_handler',
  '__pthread_sighandler',
  '__restore',
].join('|')

const HEAP_TYPES: readonly string[] = [
  'allocations size',
  'objects space',
  'inuse_objects inuse_space',
  'alloc_objects alloc_space',
  'alloc_objects alloc_space inuse_objects inuse_space',
]

/** The drop_frames and keep_frames that the reference gives legacy profiles, by their sample types. */
export function framesToDrop(types: readonly ValueType[]): { dropFrames: string; keepFrames: string } {
  const names = types.map((t) => t.type).join(' ')
  if (HEAP_TYPES.includes(names)) return { dropFrames: ALLOCATION, keepFrames: ALLOCATION_KEPT }
  return { dropFrames: names === 'contentions delay' ? LOCKING : PROFILING, keepFrames: '' }
}
