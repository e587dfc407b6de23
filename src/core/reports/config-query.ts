// The config in a page's address: keys and meaning as the reference has them.

import { UserError } from '../base/errors.ts'
import { CONFIG_FIELDS, type Config, fieldText, withField } from './config.ts'

/**
 * The config that an address asks for, beside `base`, that of the command line. `get` gives the value of a
 * parameter, null if it is not there. An empty text takes back what the command line says; other empty values
 * say nothing. Throws UserError.
 */
export function configOfQuery(base: Config, get: (key: string) => string | null): Config {
  let config = base
  for (const f of CONFIG_FIELDS) {
    const value = f.urlKey === undefined ? null : get(f.urlKey)
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

/** The fewest parameters that give the config: only what differs from `base`. */
export function queryOfConfig(config: Config, base: Config): [key: string, value: string][] {
  const query: [string, string][] = []
  for (const f of CONFIG_FIELDS) {
    if (f.urlKey === undefined || config[f.key] === base[f.key]) continue
    const text = fieldText(config, f)
    query.push([f.urlKey, f.kind === 'boolean' ? text.slice(0, 1) : text])
  }
  return query
}
