import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2,
    // Nothing here is about time, and a busy machine may need six times as long as a quiet one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Handlers that are called in the test's own process write a line a call.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
