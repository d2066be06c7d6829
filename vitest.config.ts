import { configDefaults, defineConfig } from 'vitest/config';
import { skipSummary } from './test/harness/skip-summary.ts';

/** They belong to `npm run test:long`. */
const LONG = 'test/**/*.long.test.ts';
/** They run the bundled functions, start processes of their own, or synthesize with cdk-nag. */
const SYSTEM = [
  'test/{api,copy,crash,faults,workflow}/**/*.test.ts',
  'test/releases/upgrade.test.ts',
  'test/cli/{dev,first-line,help,start}.test.ts',
  'test/cli/make/{make-with-service,own-video}.test.ts',
  'test/cli/mcp/*.test.ts',
  'test/client/{chromium,service}.test.ts',
  'test/docs/{architecture,readme-example,templates-service}.test.ts',
  'test/infra/{eight-lines,examples,properties,synth}.test.ts',
  'test/local/access/*.test.ts',
  'test/local/page.test.ts',
  'test/page/*.test.ts',
];
/** They mock the clients of AWS, or import what reads the environment. */
const ISOLATED = [
  'test/lambdas/*.test.ts',
  'test/cli/doctor/*.test.ts',
  'test/cli/service/{connect,stack-service,videos-url}.test.ts',
  'test/local/lambda/lambda-host.test.ts',
];

const { exclude } = configDefaults;
/** Bundles and synthesizes, which takes some seconds. */
const globalSetup = 'test/harness/shared-assemblies.ts';

export default defineConfig({
  test: {
    maxWorkers: 3,
    reporters: ['default', skipSummary],
    // Nothing here is about time: a busy machine may need twenty times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    provide: { isLong: false },
    // Handlers that are called in the test's own process write a line a call.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, LONG, ...SYSTEM, ...ISOLATED],
          // The files share their modules: the CDK alone takes a second to load.
          isolate: false,
        },
      },
      { test: { name: 'isolated', include: ISOLATED, exclude: [...exclude, LONG, ...SYSTEM] } },
      {
        test: {
          name: 'system',
          include: SYSTEM,
          exclude: [...exclude, LONG],
          globalSetup,
          // To load the modules anew takes most of a second for each file. A file that stubs or mocks undoes it at its end.
          isolate: false,
        },
      },
    ],
  },
});
