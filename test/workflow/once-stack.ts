import { randomUUID } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { setVariables, type Template } from '../harness/assembly.ts';
import {
  placeFor,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  synthesizeForSimulator,
  temporaryFolder,
} from '../harness/running-service.ts';

/** Longer than any test waits. */
export const LONG_MS = 600_000;
const FILE = 'TemplateVideo.template.json';

export let stack: SimulatedStack;

/** Synthesizes the stack before the tests of a file, and removes it after them. */
export function useStack(): void {
  beforeAll(async () => {
    stack = await synthesizeForSimulator();
  });
  afterAll(() => stack.stop());
}

/** A folder for services of the stack, whose database can be emptied. */
export async function place() {
  const { folder, start } = await placeFor(stack);
  return { start, forget: () => rm(join(folder, 'objects-state'), { recursive: true }) };
}

/** The same stack with another text in its template. */
export async function otherAssembly(change: (text: string) => string): Promise<string> {
  const assembly = join(await temporaryFolder(), 'cdk.out');
  await cp(stack.assembly, assembly, { recursive: true });
  await writeFile(join(assembly, FILE), change(await readFile(join(assembly, FILE), 'utf8')));
  return assembly;
}

interface Answer {
  readonly status: number;
  readonly isReplayed: boolean;
  readonly video: Video;
}

export async function post(
  { service }: RunningService,
  key: string,
  body: object = REQUEST,
): Promise<Answer> {
  const answer = await fetch(`${service.url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const isReplayed = answer.headers.get('idempotency-replayed') === 'true';
  return { status: answer.status, isReplayed, video: (await answer.json()) as Video };
}

/** How many creates MiniMax has got since. */
export function counter(): () => number {
  const before = stack.simulator.creates.length;
  return () => stack.simulator.creates.length - before;
}

export async function make(
  running: RunningService,
  key: string,
  script: Scenario = { queries: ['Success'] },
): Promise<Video> {
  stack.simulator.script(script);
  const { video } = await post(running, key);
  await running.endOf(video.video_id);
  return running.get(video.video_id);
}

export const SUCCEEDED = { timeout: 30_000 };

export async function succeeds(running: RunningService, videoId: string): Promise<Video> {
  await vi.waitFor(
    async () => expect(await running.get(videoId)).toMatchObject({ status: 'succeeded' }),
    SUCCEEDED,
  );
  return running.get(videoId);
}

/** The stack with another namespace. */
export const withNamespace = (namespace: string): Promise<string> =>
  otherAssembly((text) => {
    const template = JSON.parse(text) as Template;
    setVariables(template, { NAMESPACE: namespace });
    return JSON.stringify(template);
  });

/** Executions with these inputs that are started under a used name end, and touch nothing. */
export async function expectUsedNameRefused(
  inputsFor: (task_id?: string) => readonly object[],
): Promise<void> {
  const { start, forget } = await place();
  const creates = counter();
  const first = await start();
  const made = await make(first, randomUUID());
  const job = await first.storedJob(made.video_id);
  await first.stop();
  await forget();

  const second = await start();
  for (const input of inputsFor(made.task_id)) {
    second.service.engine.start(made.video_id, JSON.stringify(input));
    const ended = await second.endOf(made.video_id);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'VideoExistsAlready' });
    expect(ended.cause).toContain('No money was spent.');
    expect(await second.get(made.video_id)).toMatchObject({ status: 'succeeded', task_id: made.task_id });
    expect(await second.storedJob(made.video_id)).toEqual(job);
    await second.stop();
    await forget();
    const next = await start();
    Object.assign(second, next);
  }
  expect(second.service.bus.events.filter(({ source }) => source === 'template-video')).toEqual([]);
  expect(creates()).toBe(1);
}
