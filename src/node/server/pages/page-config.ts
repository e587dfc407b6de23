// Addresses of pages.

import type { Config } from '../../../core/reports/config.ts'
import * as query from '../../../core/reports/config-query.ts'

/** As in core, of an address. Throws UserError. */
export function configOfQuery(base: Config, from: URLSearchParams): Config {
  return query.configOfQuery(base, (key) => from.get(key))
}

/** The shortest query that gives the config: only what differs from `base`. */
export function queryOfConfig(config: Config, base: Config): URLSearchParams {
  return new URLSearchParams(query.queryOfConfig(config, base))
}

/** An address of a page beside this one: `view?query`, with some parameters changed ('' takes one out). */
export function pageLink(
  view: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string>> = {},
): string {
  const changed = new URLSearchParams(query)
  for (const [key, value] of Object.entries(changes)) {
    if (value === '') changed.delete(key)
    else changed.set(key, value)
  }
  const text = changed.toString()
  return text === '' ? view : `${view}?${text}`
}

/** A regular expression that matches that name only. */
export function exactly(name: string): string {
  return `^${name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')}$`
}
