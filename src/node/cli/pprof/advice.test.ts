import { expect, test } from 'vitest'
import { utc } from '../../../core/base/go-time.ts'
import { prepareReport } from '../../../core/engine/run-report.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { ProfileBuilder } from '../../../core/model/profile-builder.ts'
import { type Config, defaultConfig } from '../../../core/reports/config.ts'
import { emptyAdvice, noMatchAdvice } from './advice.ts'

function profileOf(types: readonly string[], ...samples: number[][]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map((type) => ({ type, unit: type.endsWith('objects') ? 'count' : 'bytes' }))
  const fn = b.addFunction('main.(*Shop).handleQuote')
  for (const values of samples) b.addSample([b.addLocation({ lines: [{ fn }] })], values)
  return b.done()
}

function advice(p: Profile, config: Partial<Config> = {}): string {
  const command = { name: 'top', kind: { shape: 'table' } as const }
  const context = { zones: utc, warn: () => undefined }
  return emptyAdvice(p, prepareReport(p, command, { ...defaultConfig(), ...config }, context))
}

test('near names for a pattern that matches nothing', () => {
  const p = profileOf(['cpu'], [1])
  expect(noMatchAdvice(p, 'handelQuote')).toBe('near to it: main.(*Shop).handleQuote')
  expect(noMatchAdvice(p, 'nothingOfTheKind')).toBe('')
})

test('why a profile is empty', () => {
  expect(advice(profileOf(['contentions', 'delay']))).toMatch(/SetBlockProfileRate.*SetMutexProfileFraction/)
  expect(advice(profileOf(['samples', 'cpu']))).toMatch(/profile for longer/)
  const heap = ['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space']
  expect(advice(profileOf(heap, [1, 64, 0, 0]))).toBe(
    'all values of inuse_space are 0, nothing of what was sampled was in use at the last collection; -sample_index=alloc_space shows what there is',
  )
})

test('nothing is said where filters have left nothing', () => {
  expect(advice(profileOf(['cpu'], [1]), { focus: 'nosuch', relativePercentages: true })).toBe('')
})
