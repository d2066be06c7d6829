import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

const { maxWorkers, testTimeout, hookTimeout, expect, env, reporters } = ordinary.test ?? {};

/** `npm run test:long`: what `npm test` leaves out. A configuration of its own, so that no other run takes these files up. */
export default defineConfig({
  test: {
    maxWorkers,
    testTimeout,
    hookTimeout,
    expect,
    env,
    reporters,
    provide: { isLong: true },
    // The last three take other cases here: random requests, statuses of HTTP, and earlier releases.
    include: [
      'test/**/*.long.test.ts',
      'test/api/fuzz.test.ts',
      'test/io/minimax/answers.test.ts',
      'test/releases/upgrade.test.ts',
    ],
    globalSetup: 'test/harness/shared-assemblies.ts',
  },
});
