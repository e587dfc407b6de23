export function answer(_w: import('../workbench.ts').Workbench, _p: Record<string, never>): null {
  return null
}
