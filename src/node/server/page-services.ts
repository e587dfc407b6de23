// What the page asks its server for besides itself and its sources: listings, names, saved configs.

import { UserError } from '../../core/base/errors.ts'
import type { Config } from '../../core/reports/config.ts'
import { configOfQuery, queryOfConfig } from '../../core/reports/config-query.ts'
import { explained, type ListingSources, Listings } from './listings.ts'
import { SavedConfigs } from './saved-configs.ts'
import { type Answer, plain, type Request } from './server.ts'

/** A saved config as the page gets it: its name, and the parameters that give it. */
export interface ListedConfig {
  readonly name: string
  readonly query: string
}

export class PageServices {
  private readonly listings: Listings
  private readonly saved: SavedConfigs
  private readonly base: Config

  /** `base` is the config of the command line, `settings` the file of saved ones. */
  constructor(sources: ListingSources, base: Config, settings: string | undefined) {
    this.listings = new Listings(sources)
    this.saved = new SavedConfigs(settings, base)
    this.base = base
  }

  async answer(name: string, r: Request): Promise<Answer> {
    const form = r.form ?? new URLSearchParams()
    try {
      switch (name) {
        case 'listing':
          return json(await this.listings.listing(form))
        case 'names':
          return json(await this.listings.names(form))
        case 'configs':
          return json(this.list())
        case 'saveconfig':
          return this.change(r, (n, config) => this.saved.save(n, config))
        default:
          return this.change(r, (n) => this.saved.remove(n))
      }
    } catch (e) {
      const message = explained(e)
      if (message === undefined) throw e
      return plain(400, message)
    }
  }

  private list(): ListedConfig[] {
    return this.saved.list().map(({ name, config }) => ({
      name,
      query: new URLSearchParams(queryOfConfig(config, this.base)).toString(),
    }))
  }

  /** Options may stand in the address, as the reference has them, or in the form. Throws UserError. */
  private change(r: Request, change: (name: string, config: Config) => void): Answer {
    const form = new URLSearchParams([...r.query, ...(r.form ?? [])])
    const last = (key: string): string | null => form.getAll(key).at(-1) ?? null
    const name = last('config')
    if (name === null || name === '') throw new UserError('invalid config name')
    change(name, configOfQuery(this.base, last))
    return { status: 200, type: 'text/plain; charset=utf-8', body: '' }
  }
}

function json(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value), workbench: true }
}
