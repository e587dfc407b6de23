import { expect, test } from 'vitest'
import { cleanPath, isAbsolutePath, joinPath } from './source-path.ts'

test('Unix paths are joined and cleaned', () => {
  expect(joinPath('/a/b', 'c.go')).toBe('/a/b/c.go')
  expect(joinPath('/a/b/', './../c.go')).toBe('/a/c.go')
  expect(joinPath('', 'c.go')).toBe('c.go')
  expect(joinPath('.', 'c.go')).toBe('c.go')
  expect(cleanPath('../../a//b/.')).toBe('../../a/b')
  expect(cleanPath('/..')).toBe('/')
  expect(cleanPath('')).toBe('.')
})

test('DOS paths keep drive and separators', () => {
  expect(joinPath('C:\\src', 'main.go')).toBe('C:\\src\\main.go')
  expect(joinPath('C:/src', 'main.go')).toBe('C:/src/main.go')
  expect(joinPath('C:/src/', 'main.go')).toBe('C:/src/main.go')
  expect(joinPath('C:\\src', 'c:main.go')).toBe('C:\\src\\main.go')
  expect(joinPath('C:\\src', 'D:main.go')).toBe('D:main.go')
  expect(joinPath('\\\\host\\share\\x', 'main.go')).toBe('\\\\host\\share\\x\\main.go')
})

test('absolute in any style', () => {
  for (const p of ['/a', '\\a', 'C:/a', 'C:\\a', '\\\\host\\share\\a']) expect(isAbsolutePath(p)).toBe(true)
  for (const p of ['', 'a', 'C:a', './a']) expect(isAbsolutePath(p)).toBe(false)
})
