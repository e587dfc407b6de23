import { hotKindRule } from './hot-kind.ts'

export const loggingHeavy = hotKindRule({
  id: 'logging-heavy',
  title: 'Much of the time goes into logging',
  docs: 'Loggers format their arguments, take a lock and write. That is little for what is rare, and a lot for each request or item. Known are log, log/slog and the common modules.',
  reference: 'https://pkg.go.dev/log/slog#hdr-Performance_considerations',
  what: 'logs',
  kinds: ['logging'],
  cpu: 0.25,
  critical: 0.6,
  explains: {
    sameCulprit: [
      'reflect-format-heavy',
      'alloc-hot-loop',
      'missing-prealloc',
      'unbuffered-io',
      'string-concat',
    ],
    always: ['gc-churn-small-heap'],
  },
  why: 'Arguments are boxed and formatted whether anyone reads the line or not, and all goroutines share the logger’s lock and its file.',
  remedy: [
    'log less on the hot path: sample, count, or log once per batch',
    'ask for the level first (logger.Enabled), and pass values (slog.Int, slog.LogAttrs) instead of formatted text',
    'put a bufio.Writer behind the logger and flush it now and then',
  ],
  verify: 'the logger’s share of the CPU profile falls',
})
