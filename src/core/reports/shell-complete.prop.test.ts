import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRegexp } from '../base/regexp.ts'
import { completeShellLine } from './shell-complete.ts'

test('a completed function is a regular expression of one word that matches it and shows no controls', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), (raw) => {
      // Go's dot does not match a newline, and a name is completed from its first character.
      const name = `fn${raw.replaceAll('\n', ' ')}`
      const [pattern] = completeShellLine('top fn', {
        shortcuts: new Map(),
        sampleTypes: [],
        functions: () => [name],
        labelKeys: () => [],
        files: () => [],
      }).candidates
      if (pattern === undefined) return name === 'fn'
      expect(pattern).toMatch(/^\P{Cc}+$/u)
      expect(pattern.split(/\s+/u)).toHaveLength(1)
      return compileRegexp(`^${pattern}$`).test(name)
    }),
  )
})
