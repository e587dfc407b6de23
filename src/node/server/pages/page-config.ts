// The config in a page's address: keys and meaning as the reference has them.

import { UserError } from '../../../core/base/errors.ts'
import { CONFIG_FIELDS, type Config, fieldText, withField } from '../../../core/reports/config.ts'

/**
 * The config that an address asks for, beside `base`, that of the command line. An empty text takes back
 * what the command line says; other empty values say nothing. Throws UserError.
 */
export function configOfQuery(base: Config, query: URLSearchParams): Config {
  let config = base
  for (const f of CONFIG_FIELDS) {
    const value = f.urlKey === undefined ? null : query.get(f.urlKey)
    if (value === null) continue
    if (value === '') {
      if (f.kind === 'string') config = { ...config, [f.key]: f.initial }
      continue
    }
    try {
      config = withField(config, f, value)
    } catch (e) {
      if (e instanceof UserError) throw new UserError(`error setting config field ${f.name}: ${e.message}`)
      throw e
    }
  }
  return config
}

/** The shortest query that gives the config: only what differs from `base`. */
export function queryOfConfig(config: Config, base: Config): URLSearchParams {
  const query = new URLSearchParams()
  for (const f of CONFIG_FIELDS) {
    if (f.urlKey === undefined || config[f.key] === base[f.key]) continue
    const text = fieldText(config, f)
    query.set(f.urlKey, f.kind === 'boolean' ? text.slice(0, 1) : text)
  }
  return query
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
