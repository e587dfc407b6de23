// Everything that the page can ask. Each file exports `answer(workbench, params, asking)`; it loads on first use.

export const QUESTIONS = {
  files: () => import('./files.ts'),
  profiles: () => import('./profiles.ts'),
  'profile-functions': () => import('./profile-functions.ts'),
  'trace-overview': () => import('./trace-overview.ts'),
  'trace-goroutine-groups': () => import('./trace-goroutine-groups.ts'),
  'trace-goroutine-group': () => import('./trace-goroutine-group.ts'),
  'trace-profile': () => import('./trace-profile.ts'),
  'trace-tasks': () => import('./trace-tasks.ts'),
  'trace-task-list': () => import('./trace-task-list.ts'),
  'trace-task-events': () => import('./trace-task-events.ts'),
  'trace-regions': () => import('./trace-regions.ts'),
  'trace-region-list': () => import('./trace-region-list.ts'),
  'trace-mmu': () => import('./trace-mmu.ts'),
  'trace-diff': () => import('./trace-diff.ts'),
}

export type QuestionName = keyof typeof QUESTIONS
type Module<N extends QuestionName> = Awaited<ReturnType<(typeof QUESTIONS)[N]>>
export type ParamsOf<N extends QuestionName> = Parameters<Module<N>['answer']>[1]
export type AnswerOf<N extends QuestionName> = Awaited<ReturnType<Module<N>['answer']>>
