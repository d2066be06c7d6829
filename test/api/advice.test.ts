import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROBLEM_KINDS, type ProblemName, TYPE_PREFIX } from '../../lambdas/core/api/problem-types.ts';
import type { Problem, Video } from '../../lambdas/core/api/response.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

const NAMES = Object.keys(PROBLEM_KINDS) as readonly ProblemName[];

/** A request as a program sends it. */
interface Sent {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

type Answerer = (sent: Sent) => Promise<Response>;

const service: Answerer = ({ body, headers }) => running.post(body, headers);
const withKey = (body: unknown = REQUEST): Sent => ({ body, headers: { 'idempotency-key': randomUUID() } });

const MAX_STEPS = 3;

/** Follows the `retry` of each problem to the letter. @returns for how many new videos it has asked, and creates of the simulator */
async function follow(first: Sent, send: Answerer) {
  const before = running.simulator.creates.length;
  let sent = first;
  let asked = 1;
  const advice: string[] = [];
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const answer = await send(sent);
    if (answer.ok) {
      await running.endOf(((await answer.json()) as Video).video_id);
      break;
    }
    const { retry } = (await answer.json()) as Problem;
    advice.push(retry);
    if (retry === 'never') break;
    if (retry === 'new_request') {
      asked += 1;
      sent = withKey();
    }
  }
  return { asked, advice, creates: running.simulator.creates.length - before };
}

/** What is on the way answers the first request with this problem, before or after the service has got it. */
function interfering(name: ProblemName, when: 'before' | 'after'): Answerer {
  let isFirst = true;
  return async (sent) => {
    if (!isFirst) return service(sent);
    isFirst = false;
    if (when === 'after') await service(sent);
    const problem = { status: 503, type: `${TYPE_PREFIX}${name}`, ...PROBLEM_KINDS[name] };
    return Response.json(problem, { status: problem.status });
  };
}

test.each(NAMES)(
  'a program that follows the advice of %s makes no more videos than it asks for',
  async (name) => {
    const { retry } = PROBLEM_KINDS[name];
    const { asked, creates, advice } = await follow(withKey(), interfering(name, 'before'));
    expect(advice).toEqual([retry]);
    expect({ asked, creates }).toEqual({
      asked: retry === 'new_request' ? 2 : 1,
      creates: retry === 'never' ? 0 : 1,
    });
  },
);

/** The service answers these before it starts anything, as the test below shows. */
const AT_ONCE: readonly ProblemName[] = ['bad-request', 'request-too-large', 'unsupported-media-type'];
const OTHERS = NAMES.filter((name) => !AT_ONCE.includes(name));

test.each(OTHERS)('nor where the service has already acted when %s is answered', async (name) => {
  const before = running.simulator.creates.length;
  const sent = withKey();
  await follow(sent, interfering(name, 'after'));
  const { video_id } = (await (await service(sent)).json()) as Video;
  await running.endOf(video_id);
  expect(running.simulator.creates.length).toBe(before + 1);
});

test.each<[ProblemName, Sent]>([
  ['bad-request', withKey({ ...REQUEST, text_inputs: [] })],
  ['request-too-large', withKey({ ...REQUEST, metadata: { a: 'x'.repeat(250_000) } })],
  [
    'unsupported-media-type',
    { body: REQUEST, headers: { 'content-type': 'text/plain', 'idempotency-key': randomUUID() } },
  ],
])('starts nothing where %s advises a new request', async (name, sent) => {
  const answer = await service(sent);
  expect(await answer.json()).toMatchObject({ type: `${TYPE_PREFIX}${name}`, retry: 'new_request' });
  expect(await follow(sent, service)).toEqual({ asked: 2, advice: ['new_request'], creates: 1 });
});

test('advises no second video where a request is spelt anew under its key', async () => {
  const sent = withKey();
  expect(await follow(sent, service)).toMatchObject({ creates: 1 });
  const anew = { ...sent, body: { ...REQUEST, metadata: { at: 'another time' } } };
  expect(await follow(anew, service)).toEqual({ asked: 1, advice: ['never'], creates: 0 });
});
