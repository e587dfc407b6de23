import { hotKindRule } from './hot-kind.ts'

export const sqlPrepareHot = hotKindRule({
  id: 'sql-prepare-hot',
  title: 'SQL statements prepared, or databases opened, for every query',
  docs: 'Preparing sends the statement to the database and back; opening starts a pool with connections of its own. Both pay only if what they make is used many times.',
  reference: 'https://go.dev/doc/database/prepared-statements',
  what: 'prepares SQL statements and opens databases',
  kinds: ['sqlPrepare', 'sqlOpen'],
  cpu: 0.1,
  critical: 0.4,
  explains: { sameCulprit: ['alloc-hot-loop'] },
  why: 'A statement that is prepared and used once takes two ways to the database instead of one, and a pool that is opened for a call never reuses a connection.',
  remedy: [
    'sql.Open once, when the program starts',
    'prepare once and keep the sql.Stmt, or pass text and arguments to Query directly',
  ],
  verify: 'database/sql Prepare and Open are gone from the CPU profile',
})
