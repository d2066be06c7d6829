import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Problem, Video } from '../../lambdas/core/api/response.ts';
import { REQUEST, startRunningService } from '../harness/running-service.ts';

const POSTS = 130;
const GETS = 150;
/** Longer than the test, so that no video goes on after its first steps. */
const LONG_MS = 600_000;

test('accepts a request of a crowd, or refuses it before anything is started for it', {
  timeout: 240_000,
}, async () => {
  const running = await startRunningService({ maxWorkers: 3, pauseMs: LONG_MS });
  onTestFinished(() => running.stop());
  const { engine, url } = running.service;
  const body = JSON.stringify(REQUEST);
  const headers = { 'content-type': 'application/json' };
  const posts = Array.from({ length: POSTS }, () =>
    fetch(`${url}/videos`, {
      method: 'POST',
      body,
      headers: { ...headers, 'idempotency-key': randomUUID() },
    }),
  );
  const gets = Array.from({ length: GETS }, () => fetch(`${url}/videos/${randomUUID()}`));

  const answers = await Promise.all(posts);
  const accepted = answers.filter(({ status }) => status === 202);
  const refused = answers.filter(({ status }) => status === 429);
  expect(accepted.length + refused.length).toBe(POSTS);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) {
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(((await answer.json()) as Problem).type).toBe('urn:template-video:problem:too-many-requests');
  }
  for (const { status } of await Promise.all(gets)) expect([404, 429]).toContain(status);

  const videos = await Promise.all(accepted.map(async (answer) => (await answer.json()) as Video));
  const started = engine.executions.list({ limit: 10_000 }).executions.map(({ name }) => name);
  expect(videos.map(({ video_id }) => video_id).sort()).toEqual(started.toSorted());
});
