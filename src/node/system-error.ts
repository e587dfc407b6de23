/** What the system says, in the words that Go has for it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EIO: 'input/output error',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
}

/** `open PATH: reason`, as Go prints it. Throws on what is not an error of the system. */
export function systemError(operation: string, path: string, e: unknown): string {
  const code = (e as NodeJS.ErrnoException).code
  if (typeof code !== 'string') throw e
  // Node refuses such a path itself; Go calls it an invalid argument.
  if (code === 'ERR_INVALID_ARG_VALUE') return `${operation} ${path}: invalid argument`
  return `${operation} ${path}: ${REASONS[code] ?? code}`
}
