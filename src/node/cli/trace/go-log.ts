// Lines as Go's log package writes them.

const two = (n: number): string => String(n).padStart(2, '0')

/** `2026/01/02 15:04:05 text`, in local time. */
export function goLogLine(text: string, at: Date): string {
  const day = `${at.getFullYear()}/${two(at.getMonth() + 1)}/${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${text}`
}

const SUFFIXES = ['B', 'KiB', 'MiB', 'GiB']

/** A number of bytes as `go tool trace` writes it: `512 B`, `1.5 MiB`. */
export function goByteCount(n: number): string {
  let k = 0
  while (k < SUFFIXES.length - 1 && n >= 1024 ** (k + 1)) k++
  return k === 0 ? `${n} B` : `${(n / 1024 ** k).toFixed(1)} ${SUFFIXES[k]}`
}
