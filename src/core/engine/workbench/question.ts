// A question that the page asks its worker: one file in `questions/`, one line in its list.

/** What an answer may use beside its parameters. */
export interface Asking {
  /** Says how far it has got: `done` of `total` (0 if unknown) of `what`, such as 'reading events'. */
  progress(done: number, total: number, what: string): void
  /** Whether nobody waits any more: long work looks every now and then, and gives up. */
  readonly cancelled: boolean
  /** Lets other questions have their turn: to be awaited every 50 ms or so in long work. */
  breathe(): Promise<void>
}

/**
 * What a file in `questions/` exports. Parameters and answers go through a structured clone: plain objects, texts,
 * numbers, typed arrays. `fresh` says that nobody else holds the typed arrays of an answer: they are then given
 * away and not copied.
 */
export interface QuestionModule<P, A> {
  answer(w: import('./workbench.ts').Workbench, params: P, x: Asking): A | Promise<A>
  readonly fresh?: boolean
}
