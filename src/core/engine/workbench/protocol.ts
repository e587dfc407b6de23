// What the page and its worker say to each other.

import type { AnswerOf, ParamsOf, QuestionName } from './questions/index.ts'

/** To the worker. */
export type Order =
  | { readonly kind: 'ask'; readonly id: number; readonly name: QuestionName; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }

/** From the worker. Every `ask` gets one `answer` or `failed`, cancelled ones too. */
export type News =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** `defect`: it is goscope's fault, not the input's. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly defect: boolean }
  | {
      readonly kind: 'progress'
      readonly id: number
      readonly done: number
      readonly total: number
      readonly what: string
    }

/** Asks a worker. */
export type Ask = <N extends QuestionName>(name: N, params: ParamsOf<N>) => Promise<AnswerOf<N>>
