// The services of the page's server (page-services.ts), known without loading them.

export const PAGE_SERVICES: ReadonlyMap<string, 'GET' | 'POST'> = new Map([
  ['listing', 'POST'],
  ['names', 'POST'],
  ['configs', 'GET'],
  ['saveconfig', 'POST'],
  ['deleteconfig', 'POST'],
])
