// Everything that the page can ask. Each file exports `answer(workbench, params, asking)`; it loads on first use.

export const QUESTIONS = {
  files: () => import('./files.ts'),
  profiles: () => import('./profiles.ts'),
  'profile-functions': () => import('./profile-functions.ts'),
  'profile-head': () => import('./profile-head.ts'),
  'profile-proto': () => import('./profile-proto.ts'),
  names: () => import('./names.ts'),
  'diff-functions': () => import('./diff-functions.ts'),
  'flame-tree': () => import('./flame-tree.ts'),
  'flame-search': () => import('./flame-search.ts'),
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
  'gc-log': () => import('./gc-log.ts'),
  'gc-line': () => import('./gc-line.ts'),
  'sched-log': () => import('./sched-log.ts'),
  'allocs-log': () => import('./allocs-log.ts'),
  'dump-groups': () => import('./dump-groups.ts'),
  'dump-goroutines': () => import('./dump-goroutines.ts'),
  'dump-stack': () => import('./dump-stack.ts'),
  'dump-profile': () => import('./dump-profile.ts'),
  'memory-account': () => import('./memory-account.ts'),
  'heap-dump': () => import('./heap-dump.ts'),
  'heap-tree': () => import('./heap-tree.ts'),
  'heap-node': () => import('./heap-node.ts'),
  'heap-objects': () => import('./heap-objects.ts'),
  'heap-series': () => import('./heap-series.ts'),
  'bench-results': () => import('./bench-results.ts'),
  moments: () => import('./moments.ts'),
}

export type QuestionName = keyof typeof QUESTIONS
type Module<N extends QuestionName> = Awaited<ReturnType<(typeof QUESTIONS)[N]>>
export type ParamsOf<N extends QuestionName> = Parameters<Module<N>['answer']>[1]
export type AnswerOf<N extends QuestionName> = Awaited<ReturnType<Module<N>['answer']>>
