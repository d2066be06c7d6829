import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

const { maxWorkers, testTimeout, hookTimeout, env } = ordinary.test ?? {};

/** `npm run test:long`: what `npm test` leaves out. A configuration of its own, so that no other run takes these files up. */
export default defineConfig({
  test: {
    maxWorkers,
    testTimeout,
    hookTimeout,
    env,
    include: ['test/**/*.long.test.ts'],
    globalSetup: 'test/harness/shared-assemblies.ts',
  },
});
