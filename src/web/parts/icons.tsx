// Icons, 14 by 14, drawn with the text's colour.

const PATHS = {
  search: 'M10 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM9 9l3.4 3.4',
  down: 'm4 5.5 3 3 3-3',
  right: 'm5.5 4 3 3-3 3',
  theme: 'M11.6 7a4.6 4.6 0 1 1-9.2 0 4.6 4.6 0 0 1 9.2 0ZM7 2.4v9.2',
  share: 'M7 8.6V1.8M4.5 4 7 1.6 9.5 4M2.5 7v4.5h9V7',
  keys: 'M1.2 4.6h11.6v5.8H1.2ZM3.7 6.3h.1M7 6.3h.1M10.2 6.3h.1M4.6 8.6h4.8',
  layers: 'm7 1.8 5.2 2.7L7 7.2 1.8 4.5ZM1.8 7.2 7 9.9l5.2-2.7M1.8 9.8 7 12.4l5.2-2.6',
  focus: 'M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM7 6.2v1.6',
  hide: 'M1.5 7S3.5 3.5 7 3.5 12.5 7 12.5 7 10.5 10.5 7 10.5 1.5 7 1.5 7ZM2.5 12l9-10',
  code: 'M4.5 4 1.5 7l3 3M9.5 4l3 3-3 3',
  flame: 'M1.5 2.5h11M1.5 5.8h8M3 9.1h5M4 12h2',
  list: 'M2 3.5h10M2 7h10M2 10.5h10',
  swap: 'M2 5h9L8.5 2.5M12 9H3l2.5 2.5',
  undo: 'M5 2.5 2 5.5l3 3M2.2 5.5H9a3 3 0 0 1 0 6H6',
  close: 'm4 4 6 6M10 4l-6 6',
  pin: 'M5 1.8h4l-.5 4 2 2.2h-7l2-2.2ZM7 8v4',
  lock: 'M3 6h8v6H3ZM4.8 6V4.2a2.2 2.2 0 0 1 4.4 0V6',
  file: 'M3 1.5h5.2L11 4.3v8.2H3Z',
  copy: 'M4.5 4.5V1.8h7.7v7.7H9.5M1.8 4.5h7.7v7.7H1.8Z',
  check: 'm2.5 7.5 3 3 6-7',
  download: 'M7 1.8v7M4.5 6.4 7 9l2.500-2.600M2.5 9v3h9V9',
  filter: 'M1.5 2.5h11L8.4 7.300v4.200l-2.800-1.300V7.300Z',
  split: 'M1.8 2h10.4v10H1.8ZM7 2v10',
  details: 'M1.8 2h10.4v10H1.8ZM9 2v10',
  sliders: 'M2 4h5M10 4h2M2 10h2M7 10h5M8.500 2.500v3M5.500 8.500v3',
  plus: 'M7 2.500v9M2.500 7h9',
  folder: 'M1.5 3h4l1.300 1.500h5.700v7h-11Z',
  trash: 'M2.500 4h9M5.500 4V2.200h3V4M3.600 4l.6 8h5.600l.6-8',
  link: 'M5.800 8.200 8.200 5.800M6.500 4.200l1.400-1.400a2.400 2.400 0 0 1 3.400 3.400L9.900 7.600M7.500 9.800l-1.400 1.400a2.400 2.400 0 0 1-3.400-3.400l1.400-1.400',
  image: 'M1.8 2.500h10.400v9H1.800ZM2 10l3-3 2.500 2.500L9.500 7.500 12 10M5 5h.1',
  goroutines: 'M2 3.500h4M8 3.500h4M2 7h10M2 10.500h6M10 10.500h2',
  warning: 'M7 1.800 12.600 12H1.400ZM7 5.500v3M7 10.200v.1',
  more: 'M3 7h.1M7 7h.1M11 7h.1',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 14 14" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The marks of severity: shape and colour. */
const MARKS = {
  critical: { fill: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3Z', cut: 'M8 4.6v4M8 11v.2' },
  warning: { fill: 'M8 1.7 15 14H1Z', cut: 'M8 6v3.6M8 11.6v.2' },
  info: { line: 'M14.3 8A6.3 6.3 0 1 1 1.7 8a6.3 6.3 0 0 1 12.6 0ZM8 7.4V11M8 5v.1' },
  ok: { line: 'M14.3 8A6.3 6.3 0 1 1 1.7 8a6.3 6.3 0 0 1 12.6 0ZM5.3 8.2l2 2 3.5-4' },
  unknown: { line: 'M14.3 8A6.3 6.3 0 1 1 1.7 8a6.3 6.3 0 0 1 12.6 0Z' },
} as const

export type Mark = keyof typeof MARKS

export function SeverityMark({ mark }: { readonly mark: Mark }) {
  const m: { fill?: string; cut?: string; line?: string } = MARKS[mark]
  return (
    <span class={`sev ${mark}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {m.fill && <path d={m.fill} class="solid" />}
        {m.cut && <path d={m.cut} class="cut" />}
        {m.line && <path d={m.line} stroke-dasharray={mark === 'unknown' ? '2.4 2.4' : undefined} />}
      </svg>
    </span>
  )
}
