import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    env: { TZ: 'UTC', LC_ALL: 'C' },
    testTimeout: 60_000,
    // Both processors of a small machine: by itself vitest leaves one free. Concurrent tests each have a browser page.
    maxWorkers: 2,
    maxConcurrency: 3,
  },
})
