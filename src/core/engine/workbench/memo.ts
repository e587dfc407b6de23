// The last few results of each kind, by what they were made from: views of one page ask for the same things.

/** How many results of a kind are kept: what two panels show, and what "back" shows again. */
const KEPT = 6

export class Memo {
  private readonly kinds = new Map<string, Map<string, unknown>>()

  /** The result of `make` for a key (anything that JSON can write), made once while it is among the last few of its kind. */
  of<T>(kind: string, key: unknown, make: () => T): T {
    let known = this.kinds.get(kind)
    if (known === undefined) {
      known = new Map()
      this.kinds.set(kind, known)
    }
    const text = JSON.stringify(key)
    if (known.has(text)) {
      const value = known.get(text) as T
      // The most recently used one is the last.
      known.delete(text)
      known.set(text, value)
      return value
    }
    const value = make()
    known.set(text, value)
    if (value instanceof Promise)
      value.catch(() => {
        if (known.get(text) === value) known.delete(text)
      })
    for (const oldest of known.keys()) {
      if (known.size <= KEPT) break
      known.delete(oldest)
    }
    return value
  }

  clear(): void {
    this.kinds.clear()
  }
}
