import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type * as z from 'zod/mini';
import {
  acceptedVideoSchema,
  problemSchema,
  uploadSchema,
  usageSchema,
  videoListSchema,
  videoSchema,
} from '../../lambdas/core/api/response.ts';
import { CALLS, type CallName } from '../../lambdas/core/api/routes.ts';
import { historySchema, workflowSchema } from '../../lambdas/core/api/workflow-response.ts';
import { catalogueSchema } from '../../lambdas/core/minimax/templates.ts';
import { type RunningService, startRunningService } from '../harness/running-service.ts';
import { type ApiAnswer, type ApiCaller, type ApiRequest, onHandlers, overHttp } from './api-caller.ts';
import { couldBeStarted } from './fuzz/could-be-started.ts';
import { executions, forget, KNOWN, s3, sfn, table } from './fuzz/mocked-aws.ts';
import { anyRequest } from './fuzz/requests.ts';

const [RUNS, RUNS_OVER_HTTP] = inject('isLong') ? [12_000, 1_000] : [6_000, 100];

let handlers: ApiCaller;
let running: RunningService;

beforeAll(async () => {
  running = await startRunningService();
  handlers = await onHandlers({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine',
    VIDEO_BUCKET: 'videos',
    MINIMAX_API_HOST: 'https://api.minimax.io',
    POSTS_PER_DAY: '0',
    NAMESPACE: '123456789012/eu-west-1/TemplateVideo',
    // Some of the known executions have an input that cannot have an owner.
    VISIBILITY: 'everyone',
    VIDEO_TABLE: 'table',
    LISTED_METADATA: 'order',
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await running.stop();
});

/** As in `GET /videos/{video_id}`. */
type CallText = {
  readonly [Name in CallName]: `${(typeof CALLS)[Name]['method']} ${(typeof CALLS)[Name]['path']}`;
}[CallName];

const ANSWERS: Readonly<Record<string, z.ZodMiniType>> = {
  'POST /videos': acceptedVideoSchema,
  'GET /videos': videoListSchema,
  'GET /usage': usageSchema,
  'GET /videos/{video_id}': videoSchema,
  'GET /videos/{video_id}/history': historySchema,
  'GET /workflow': workflowSchema,
  'DELETE /videos/{video_id}': videoSchema,
  'POST /uploads': uploadSchema,
  'GET /templates': catalogueSchema,
} satisfies Readonly<Record<CallText, z.ZodMiniType>>;

/** The path of the API, as in `/videos/{video_id}`, that a sent path belongs to. */
function resourceOf(path: string): string | undefined {
  const resources = Object.values(CALLS).map((call) => call.path);
  return resources.find((each) => new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`).test(path));
}

/** Asserts that an answer is not 5xx and has its documented shape. @returns the call, or `refused` */
function requireDocumented({ method, path }: ApiRequest, { status, headers, text }: ApiAnswer): string {
  expect(status).toBeLessThan(500);
  const json = JSON.parse(text);
  if (status >= 400) {
    expect(headers['content-type']).toBe('application/problem+json');
    expect(problemSchema.safeParse(json)).toMatchObject({ success: true });
    expect(json.status).toBe(status);
    return 'refused';
  }
  const call = `${method} ${resourceOf(path)}`;
  expect(ANSWERS[call]?.safeParse(json)).toMatchObject({ success: true });
  return call;
}

test(`answers ${RUNS} requests of any kind as documented, and starts nothing for a wrong one`, async () => {
  const seen = new Map<number, number>();
  const served = new Map<string, number>();
  forget();
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const before = executions.size;
      const answer = await handlers.call(request);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const call = requireDocumented(request, answer);
      served.set(call, (served.get(call) ?? 0) + 1);
      const begun = executions.size - before;
      if (answer.status !== 202) expect(begun).toBe(0);
      if (begun > 0) expect(couldBeStarted(String(request.body ?? ''))).toBe(true);
      if (executions.size > 20 || executions.get(KNOWN[0])?.status !== 'RUNNING') forget();
    }),
    { numRuns: RUNS },
  );
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 201, 202, 400, 403, 404, 415, 422]));
  for (const call of Object.keys(ANSWERS))
    expect(served.get(call), `${call}: test/api/fuzz/requests.ts has to make it`).toBeGreaterThan(10);
  for (const status of [200, 201, 202, 400, 403, 404, 415]) expect(seen.get(status)).toBeGreaterThan(10);
}, 300_000);

test(`answers ${RUNS_OVER_HTTP} of them over HTTP without a 5xx`, async () => {
  sfn.restore();
  s3.restore();
  table.restore();
  const caller = overHttp(running);
  // A URL drops dots, so that some paths lead to the page, which is no part of the API.
  const isForThePage = (path: string): boolean => /^\/(page\/.*)?$/.test(new URL(`http://x${path}`).pathname);
  const isSendable = ({ method: verb, path, headers: given = {} }: ApiRequest): boolean =>
    verb !== 'HEAD' &&
    !isForThePage(path) &&
    Object.values(given).every((value) => /^[\x20-\x7e]*$/.test(value));
  await fc.assert(
    fc.asyncProperty(anyRequest.filter(isSendable), async (request) => {
      const { engine } = running.service;
      const before = engine.executions.size;
      const { body: text, ...bare } = request;
      const answer = await caller.call(/GET/.test(request.method) ? bare : request);
      requireDocumented({ ...request, path: new URL(`http://x${request.path}`).pathname }, answer);
      if (answer.status !== 202) expect(engine.executions.size).toBe(before);
    }),
    { numRuns: RUNS_OVER_HTTP },
  );
}, 300_000);
