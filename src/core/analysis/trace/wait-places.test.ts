import { expect, test } from 'vitest'
import { samplesOf } from '../../../../test/kit/profile-from.ts'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { WaitPlacesSink } from './wait-places.ts'

/** Reason -> samples of its profile, of a trace in the text of -d=parsed. */
function waits(text: string): Record<string, string[]> {
  const sink = new WaitPlacesSink()
  traceFrom(text, [sink], { rows: 2 })
  return Object.fromEntries([...sink.done()].map(([reason, p]) => [reason, samplesOf(p)]))
}

test('waits by reason and stack, each counted with its length', () => {
  const found = waits(`
    Sync Time=0 N=1
    M=1 P=0 G=1 StateTransition Time=10 GoID=1 Running->Waiting Reason="sleep" Stack=[time.Sleep main.poll]
    M=1 P=0 StateTransition Time=30 GoID=1 Waiting->Runnable
    M=1 P=0 StateTransition Time=31 GoID=1 Runnable->Running
    M=1 P=0 G=1 StateTransition Time=40 GoID=1 Running->Waiting Reason="sleep" Stack=[time.Sleep main.poll]
    M=1 P=0 StateTransition Time=45 GoID=1 Waiting->Runnable
    M=1 P=0 G=2 StateTransition Time=50 GoID=2 Running->Waiting Reason="chan send" Stack=[main.put]
    M=1 P=0 StateTransition Time=57 GoID=2 Waiting->Runnable
  `)
  expect(Object.keys(found).sort()).toEqual(['chan send', 'sleep'])
  expect(found.sleep).toHaveLength(1)
  expect(found.sleep![0]).toMatch(/^main\.poll.*;time\.Sleep.* 2 25$/)
  expect(found['chan send']![0]).toMatch(/^main\.put.* 1 7$/)
})

test('a wait that has not ended counts up to the end', () => {
  const found = waits(`
    Sync Time=0 N=1
    M=1 P=0 G=1 StateTransition Time=10 GoID=1 Running->Waiting Reason="network" Stack=[main.read]
    M=1 P=0 G=2 StateTransition Time=90 GoID=2 Undetermined->Running
  `)
  expect(found.network![0]).toMatch(/^main\.read.* 1 80$/)
})
