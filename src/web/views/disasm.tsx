// The instructions of a function with their weights.

import { useMemo } from 'preact/hooks'
import { shareText } from '../../core/base/people-fmt.ts'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import { useFunctionKeys } from '../parts/function-actions.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { profileQuery, selected } from '../state.ts'
import { AsmList } from './asm-list.tsx'
import { asmRows } from './asm-rows.ts'
import { FunctionChoice, useChosen } from './function-choice.tsx'
import { Head, Pages } from './source.tsx'
import { ListingNote, weightText } from './source-function.tsx'
import { sourceRows } from './source-rows.ts'
import { useListing } from './use-listing.ts'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const chosen = useChosen()
  useFunctionKeys('Disassembly', () => selected.value)
  if (query === undefined || chosen === undefined) return <Loading what="looking for functions" />
  if (chosen.length === 0) return <FunctionChoice what="disasm" />
  return (
    <>
      {chosen.length > 1 && <FunctionChoice what="disasm" among={chosen} />}
      <One key={chosen[0]} query={query} fn={chosen[0]!} />
    </>
  )
}

function One({ query, fn }: { readonly query: ProfileQuery; readonly fn: string }) {
  const lines = useAnswer('source-lines', { query, fn })
  const found = useListing(query, fn, true, (lines.value?.files.length ?? 0) > 0)
  const at = param('disasm.at')
  const go_ = (address: string | undefined): void => go({ set: { 'disasm.at': address } }, { replace: true })
  const rows = useMemo(
    () =>
      found.listing === undefined
        ? []
        : asmRows(found.listing).flatMap((r) => (r.kind === 'code' ? [r.x] : [])),
    [found.listing],
  )
  const most = rows.reduce((m, x) => Math.max(m, Math.abs(x.total)), 0)
  const move = (step: 1 | -1, hot: boolean): void => {
    const stops = hot ? rows.filter((x) => most > 0 && Math.abs(x.total) >= most / 20) : rows
    const order = new Map(rows.map((x, i) => [x.address, i]))
    const here = order.get(at) ?? (step > 0 ? -1 : rows.length)
    const next =
      step > 0
        ? stops.find((x) => order.get(x.address)! > here)
        : stops.findLast((x) => order.get(x.address)! < here)
    const to = next ?? (hot ? (step > 0 ? stops[0] : stops.at(-1)) : undefined)
    if (to !== undefined) go_(to.address)
  }
  useKeys('Disassembly', {
    '.': { does: 'next hot instruction', run: () => move(1, true) },
    ',': { does: 'previous hot instruction', run: () => move(-1, true) },
    ArrowDown: { does: 'next instruction', run: () => move(1, false) },
    ArrowUp: { does: 'previous instruction', run: () => move(-1, false) },
  })
  if (lines.error !== undefined) return <Failed error={lines.error} title="This function cannot be shown" />
  const { value } = lines
  if (value === undefined) return <Loading what="adding up lines" />
  const [file] = sourceRows(value.files, found.listing)
  return (
    <>
      <Head
        fn={fn}
        {...(file && { rows: file })}
        total={`${weightText(value.total, value) || '0'}  ${shareText(value.total, value.whole)}`}
      >
        <Pages at="disasm" />
      </Head>
      <div class="scroll src" role="table" aria-label="Instructions">
        <div class="a titles" role="row">
          <span class="w">self</span>
          <span class="w">total</span>
          <span class="ad">address</span>
          <span class="at">instruction</span>
        </div>
        <AsmList
          listing={found.listing}
          pending={found.pending}
          problem={found.problem}
          w={value}
          line={0}
          onLine={() => undefined}
          at={at}
          onAt={go_}
        />
        {found.listing !== undefined && <ListingNote {...found} />}
      </div>
    </>
  )
}
