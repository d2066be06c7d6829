import { setTimeout as after } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { expect, onTestFinished, vi } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { functionOf } from '../../local/template/deployment.ts';
import { visitedStates } from '../harness/running-service.ts';
import {
  call,
  finish,
  type Making,
  MIN_CHECK_INTERVAL_SECONDS,
  make,
  NEVER_ENDING,
  stateOf,
  tokenOf,
  WAIT,
} from './callback-service.ts';

// One table of rows, which is why this file is longer than others.

/** A way in which MiniMax, or a stranger, calls back, and what comes of it. */
export interface Row {
  readonly fault: string;
  /** @default the task never ends by itself, and MiniMax sends one callback */
  readonly script?: Scenario;
  /** Whether two checks have to be some seconds apart. @default false */
  readonly isDebounced?: boolean;
  /** The timeouts of its first waits. @default all waits last `LONG_MS` */
  readonly waitsMs?: readonly number[];
  /** What happens during the wait. @default only what the script says */
  readonly meanwhile?: (making: Making) => unknown;
  readonly maxPolls: number;
  readonly received?: number;
  /** @default true */
  readonly active?: boolean;
  readonly note?: RegExp;
  /** Creates that reached MiniMax. @default 1 */
  readonly creates?: number;
  /** Whether only `npm run test:long` runs it. @default false */
  readonly isLong?: boolean;
}

const RECEIVED: readonly unknown[] = [200, '{}'];

/** The callback function, in this process: a hundred of its workers would slow down the other tests. */
async function senderOf({
  on,
  execution,
  callbackUrl,
}: Making): Promise<() => Promise<APIGatewayProxyResult>> {
  const { environment } = functionOf(on.service.deployment, 'ReceiveCallback');
  for (const [name, value] of Object.entries({ ...on.service.environment, ...environment }))
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  // It reads the environment when it is loaded.
  vi.resetModules();
  const { handler } = await import('../../lambdas/receive-callback.ts');
  const pathParameters = {
    video_id: execution.name,
    token: tokenOf(callbackUrl),
  };
  const requestContext = { requestId: 'r', identity: {} };
  const event = { pathParameters, body: '{}', requestContext } as unknown as APIGatewayProxyEvent;
  return () => handler(event, { awsRequestId: 'a' } as Context);
}

/** Wrong addresses that resemble the `callback_url` of this video. */
function forgeriesOf({ execution: { name }, callbackUrl }: Making): readonly string[] {
  const base = callbackUrl.slice(0, callbackUrl.lastIndexOf('/callbacks/'));
  const token = tokenOf(callbackUrl);
  return [
    `${base}/callbacks/${name}/${'A'.repeat(43)}`,
    `${base}/callbacks/${name}/${token.slice(0, -1)}`,
    `${base}/callbacks/${name}/${token}%00`,
    `${base}/callbacks/${name}/${'x'.repeat(5000)}`,
    `${base}/callbacks/missing/${token}`,
    `${base}/callbacks/..%2F..%2F${name}/${token}`,
    `${base}/callbacks/${'x'.repeat(5000)}/${token}`,
  ];
}

async function expectRefused(urls: readonly string[]): Promise<void> {
  const answers = await Promise.all(
    urls.flatMap((url) => [call(url), call(url, '{"challenge":"abc"}'), call(url, 'x'.repeat(1_000_000))]),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([NOT_FOUND]));
}

const NOT_FOUND = JSON.stringify([
  404,
  JSON.stringify({
    type: 'urn:template-video:problem:path-not-found',
    status: 404,
    title: 'There is no such path',
    retry: 'never',
    detail: 'There is nothing at this address.',
  }),
]);

/** Callbacks in volleys of twenty, for which the API calls the function at once. */
const atOnce = (volleys: number): Row => ({
  fault: `${20 * volleys} callbacks, as many at once as API Gateway allows`,
  script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
  isDebounced: true,
  meanwhile: async (making) => {
    const callback = await senderOf(making);
    for (let volley = 0; volley < volleys; volley += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, callback));
      expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    }
    await after(2 * MIN_CHECK_INTERVAL_SECONDS * 1000);
    await finish(making);
  },
  maxPolls: 12,
});

export const ROWS: readonly Row[] = [
  { fault: 'none: MiniMax calls back at each change', script: {}, maxPolls: 3, received: 3 },
  {
    fault: 'MiniMax never calls back',
    script: { callbacks: { times: 0 } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
  },
  { fault: 'MiniMax calls back twice at each change', script: { callbacks: { times: 2 } }, maxPolls: 6 },
  {
    fault: 'MiniMax calls back before it answers the create',
    script: { queries: ['Success'], callbacks: { isEarly: true, times: 0 } },
    maxPolls: 1,
    received: 1,
  },
  {
    fault: 'a callback says success before the task has succeeded',
    meanwhile: async (making) => {
      const success = '{"status":"success","video_url":"http://x.example/"}';
      expect(await call(making.callbackUrl, success)).toEqual(RECEIVED);
      await after(200);
      await finish(making);
    },
    maxPolls: 4,
  },
  atOnce(1),
  { ...atOnce(5), isLong: true },
  {
    fault: 'forged tokens',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      await expectRefused(forgeriesOf(making));
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  {
    fault: "other videos' tokens, and the callback_url of a video that has ended",
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const ended = await make({ queries: ['Success'] });
      await making.on.endOf(ended.execution.name);
      const [theirs = '', ours = ''] = [ended, making].map(({ callbackUrl }) => tokenOf(callbackUrl));
      const swapped = [making.callbackUrl.replace(ours, theirs), ended.callbackUrl.replace(theirs, ours)];
      await expectRefused([...swapped, ended.callbackUrl]);
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  ...[
    ['5 MB, with a challenge in them', `{"challenge":"${'x'.repeat(5_000_000)}"}`],
    ['nothing', ''],
    ['a challenge that is not UTF-8', Buffer.from('{"challenge":"Löwe"}', 'latin1')],
    ['no JSON', '\u0000\uffff{'],
  ].map(
    ([what, body]): Row => ({
      fault: `a body of ${what}`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      meanwhile: async (making) => {
        expect(await call(making.callbackUrl, body)).toEqual(RECEIVED);
        await finish(making);
      },
      maxPolls: 3,
    }),
  ),
  ...[['gzip', gzipSync] as const, ['br', brotliCompressSync] as const].map(
    ([coding, encode]): Row => ({
      fault: `a challenge in ${coding}`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      meanwhile: async (making) => {
        const challenge = '{"challenge":"again"}';
        expect(await call(making.callbackUrl, encode(challenge), coding)).toEqual([200, challenge]);
        await finish(making);
      },
      maxPolls: 1,
      received: 1,
    }),
  ),
  {
    fault: 'a body of 10 MB',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const [status] = await call(making.callbackUrl, 'x'.repeat(10 * 1024 * 1024));
      expect(status).toBe(413);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  ...['a text', '', 17].map(
    (value): Row => ({
      fault: `a challenge that is ${JSON.stringify(value)}`,
      script: { queries: ['Success'], callbacks: { challenge: { value } } },
      maxPolls: 1,
      received: 1,
    }),
  ),
  ...[2 ** 53, true, { a: [null] }].map(
    (value): Row => ({
      fault: `a challenge that is not echoed, ${JSON.stringify(value)}: MiniMax refuses the callback_url`,
      script: { callbacks: { challenge: { value } } },
      waitsMs: [50, 50, 50],
      maxPolls: 4,
      active: false,
      note: /^MiniMax rejected the callback_url /,
      creates: 2,
    }),
  ),
  {
    fault: 'MiniMax sends no challenge',
    script: { callbacks: { challenge: 'left out', times: 0 } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
    active: false,
    note: /^MiniMax accepted the task, but never sent its challenge\.$/,
  },
  {
    fault: 'MiniMax sends no challenge, but calls back',
    script: { queries: ['Success'], callbacks: { challenge: 'left out' } },
    maxPolls: 1,
    received: 1,
    active: false,
  },
  {
    fault: 'MiniMax refuses the callback_url',
    script: { callbacks: { challenge: 'refused' } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
    active: false,
    note: /^MiniMax rejected the callback_url \(code 2013 "invalid params, callback_url is not reachable" \(Trace-Id \w+\)\), and accepted the task without it\.$/,
    creates: 2,
  },
  {
    fault: 'MiniMax calls back during a check, and answers the check with the earlier status',
    script: { queries: [{ reply: 'whole', afterMs: 400 }], callbacks: { times: 1 } },
    meanwhile: async (making) => {
      await stateOf(making, /^Check task$/);
      await after(200);
      await finish(making);
    },
    maxPolls: 3,
  },
  ...Array.from({ length: 21 }, (_, index) => 5 * index).map(
    (milliseconds): Row => ({
      fault: `MiniMax calls back at the time of the timeout: after ${milliseconds} of some 40 ms`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      waitsMs: [40],
      meanwhile: async (making) => {
        await after(milliseconds);
        await finish(making);
      },
      maxPolls: 2,
      isLong: milliseconds % 20 !== 0,
    }),
  ),
];
