import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startFunctionWorker } from '../../../local/lambda/function-worker.ts';
import { startLambdaHost } from '../../../local/lambda/lambda-host.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:It';
let printed = '';

/** A host with one function of this source, with 64 MB. */
async function host(source: string, timeoutSeconds = 1) {
  const entry = join(await temporaryFolder(), 'index.mjs');
  await writeFile(entry, source);
  const lambda = startLambdaHost({
    functions: [
      {
        name: 'It',
        arn: ARN,
        entry,
        exportName: 'handler',
        environment: { MINE: 'yes' },
        timeoutSeconds,
        memoryMegabytes: 64,
      },
    ],
    awsEnvironment: () => ({ AWS_REGION: 'us-east-1' }),
    onLog: (_name, text) => {
      printed += text;
    },
  });
  onTestFinished(() => lambda.stop());
  return (event: unknown = {}) => lambda.invoke(ARN, JSON.stringify(event));
}

test("gives a function its event, its own environment and nothing of this process's", async () => {
  const invoke = await host(`export const handler = async (event, context) => ({
    event, env: process.env, left: context.getRemainingTimeInMillis(), name: context.functionName });`);
  const reply = await invoke({ a: 1 });
  const { event, env, left, name } = JSON.parse(reply.ok ? reply.result : '');
  expect(event).toEqual({ a: 1 });
  expect(env).toEqual({
    MINE: 'yes',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'It',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '64',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  });
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(1000);
  expect(name).toBe('It');
});

test('reports a thrown error by its name and message', async () => {
  const invoke = await host(
    `export const handler = async () => { throw Object.assign(new Error('too many'), { name: 'MiniMaxBusy' }); };`,
  );
  expect(await invoke()).toEqual({
    ok: false,
    error: { errorType: 'MiniMaxBusy', errorMessage: 'too many', trace: expect.any(Array) },
  });
});

test('keeps an instance warm, and starts another while it is busy', async () => {
  const invoke = await host(`let calls = 0;
    export const handler = async ({ ms }) => { calls += 1; await new Promise((done) => setTimeout(done, ms)); return calls; };`);
  await invoke({ ms: 0 });
  expect(await invoke({ ms: 0 })).toEqual({ ok: true, result: '2' });
  const both = await Promise.all([invoke({ ms: 100 }), invoke({ ms: 100 })]);
  expect(both).toEqual([
    { ok: true, result: '3' },
    { ok: true, result: '1' },
  ]);
});

test.each([
  [
    'waits for ever',
    'await new Promise(() => setInterval(() => {}, 1000))',
    'Sandbox.Timedout',
    'Task timed out after 1.00 seconds',
  ],
  ['computes for ever', 'for (;;) {}', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
  [
    'eats all memory',
    'const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))',
    'Runtime.ExitError',
    'out of memory',
  ],
  [
    'fills buffers',
    'globalThis.all = []; for (let mb = 0; mb < 100; mb += 1) globalThis.all.push(Buffer.alloc(1e6, 1))',
    'Runtime.ExitError',
    'Runtime exited',
  ],
  ['ends its process', 'process.exit(3)', 'Runtime.ExitError', 'Runtime exited'],
])(
  'reports a function that %s as %s, and continues with a new instance',
  async (_name, body, errorType, errorMessage) => {
    const invoke = await host(
      `export const handler = async ({ bad }) => { if (bad) { ${body} } return 'fine'; };`,
      // A busy machine may need seconds to fill the memory.
      errorType === 'Sandbox.Timedout' ? 1 : 60,
    );
    expect(await invoke({ bad: true })).toMatchObject({
      ok: false,
      error: {
        errorType,
        errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: .*${errorMessage}`)),
      },
    });
    expect(await invoke({ bad: false })).toEqual({ ok: true, result: '"fine"' });
  },
);

test('gives no request to an instance that failed after its answer', async () => {
  const invoke = await host(`export const handler = async ({ bad }) => {
    if (bad) setTimeout(() => { throw new Error('late'); }, 5);
    return 'fine';
  };`);
  await invoke({ bad: true });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await invoke({ bad: false })).toEqual({ ok: true, result: '"fine"' });
});

test('reports a bundle that does not load', async () => {
  const invoke = await host(`import 'no-such-package'; export const handler = async () => 1;`);
  expect(await invoke()).toMatchObject({
    ok: false,
    error: { errorMessage: expect.stringContaining('no-such-package') },
  });
});

test('does not count the loading of the module against the timeout', async () => {
  const invoke = await host(`await new Promise((done) => setTimeout(done, 1500));
    export const handler = async (_event, context) => context.getRemainingTimeInMillis();`);
  const reply = await invoke();
  expect(Number(reply.ok ? reply.result : Number.NaN)).toBeGreaterThan(500);
});

test('reports a module that does not load in time, and that the function was not called', async () => {
  const entry = join(await temporaryFolder(), 'index.mjs');
  await writeFile(entry, 'await new Promise(() => setInterval(() => {}, 1000));');
  const worker = startFunctionWorker(
    {
      name: 'It',
      arn: ARN,
      entry,
      exportName: 'handler',
      environment: {},
      timeoutSeconds: 1,
      memoryMegabytes: 64,
    },
    { environment: {}, onLog: () => undefined, loadTimeoutSeconds: 0.1 },
  );
  onTestFinished(() => worker.stop());
  expect(await worker.invoke('{}')).toMatchObject({
    ok: false,
    error: {
      errorType: 'Lambda.TooManyRequestsException',
      errorMessage: expect.stringContaining('The module was not loaded within 0.1 seconds'),
    },
  });
  expect(worker.isAlive).toBe(false);
});

test('collects what a function prints', async () => {
  const invoke = await host(
    `export const handler = async () => { console.log('hello from the function'); };`,
  );
  expect(await invoke()).toEqual({ ok: true, result: 'null' });
  await expect.poll(() => printed).toContain('hello from the function\n');
});
