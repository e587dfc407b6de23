// Ctrl-C: the first one asks for an end that keeps what is there, the second one ends at once.

export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives the signals back to whom they belonged. */
  end(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** From now on the first signal aborts and calls `first`; further ones do what they always do. */
export function onInterrupt(first: (signal: string) => void): Interrupt {
  const control = new AbortController()
  const end = (): void => {
    for (const s of SIGNALS) process.off(s, take)
  }
  const take = (signal: string): void => {
    end()
    first(signal === 'SIGINT' ? 'interrupted' : signal)
    control.abort(new Error('interrupted'))
  }
  for (const s of SIGNALS) process.on(s, take)
  return { signal: control.signal, end }
}
