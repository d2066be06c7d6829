import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job/job.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import {
  REQUEST,
  type RunningService,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';

/** A wait longer than the test's own timeout, so that a lost callback fails the test. */
const LONG_MS = 600_000;
export const WAIT = 'Wait for callback';
export const MIN_CHECK_INTERVAL_SECONDS = 2;

const services = new AsyncDisposableStack();
export let running: RunningService;
/** A service that waits between two checks, as a deployed stack does. */
export let debounced: RunningService;
/** The timeouts of the next waits without a callback. Later waits last `LONG_MS`. */
let waitsMs: readonly number[] = [];

/** Starts both services before the tests of a file, and stops them after them. */
export function useCallbackServices(): void {
  beforeAll(async () => {
    running = await startService({});
    debounced = await startService({ QUERY_PAUSE_SECONDS: String(MIN_CHECK_INTERVAL_SECONDS) });
  });
  afterAll(() => services.disposeAsync());
}

export function setWaits(milliseconds: readonly number[]): void {
  waitsMs = milliseconds;
}

async function startService(variables: Readonly<Record<string, string>>): Promise<RunningService> {
  const stack = await synthesizeForSimulator({ callbacks: true }, variables);
  services.defer(() => stack.stop());
  const nextWaitMs = (): number => {
    const [next = LONG_MS, ...others] = waitsMs;
    waitsMs = others;
    return next;
  };
  const service = await serve(stack, { pauseMs: 20, waitMs: nextWaitMs });
  services.defer(() => service.stop());
  return service;
}

export const NEVER_ENDING = ['Processing'];

/** A video that MiniMax is making, as its callers see it. */
export interface Making {
  readonly on: RunningService;
  readonly execution: LocalExecution;
  readonly taskId: string;
  /** The `callback_url` that MiniMax was given. */
  readonly callbackUrl: string;
}

/** POSTs a request, and returns when its execution waits for a callback. */
export async function make(script: Scenario, on = running): Promise<Making> {
  on.simulator.script(script);
  const { video_id } = (await (await on.post(REQUEST)).json()) as Video;
  const execution = executionOf(on, video_id);
  while (!visitedStates(execution).includes(WAIT)) await after(5);
  const { taskId = '', body } = on.simulator.creates.at(-1) ?? {};
  const { callback_url: callbackUrl } = body as { readonly callback_url: string };
  return { on, execution, taskId, callbackUrl };
}

function executionOf({ service }: RunningService, videoId: string): LocalExecution {
  const execution = service.engine.executions.get(videoId);
  if (execution === undefined) throw new Error(`There is no execution ${videoId}.`);
  return execution;
}

/** Returns when the execution is in a state of such a name. */
export async function stateOf({ execution }: Making, name: RegExp): Promise<void> {
  while (!name.test(visitedStates(execution).at(-1) ?? '')) await after(5);
}

export async function call(
  url: string,
  body: string | Buffer<ArrayBuffer> | undefined = '{}',
  coding = 'identity',
): Promise<[status: number, body: string]> {
  const headers = { 'content-type': 'application/json', 'content-encoding': coding };
  const answer = await fetch(url, { method: 'POST', headers, body });
  return [answer.status, await answer.text()];
}

export function copies(execution: LocalExecution): number {
  return visitedStates(execution).filter((name) => name === 'Copy video').length;
}

export function jobStateOf({ output = '{}' }: LocalExecution): CopiedJob {
  return JSON.parse(output);
}

/** Every output of `Check task`. */
export function checks({ events }: LocalExecution): readonly CheckedJob[] {
  return events
    .filter(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Check task')
    .map(({ stateExitedEventDetails }) => JSON.parse(stateExitedEventDetails?.output ?? ''));
}

/** Milliseconds between two checks. */
export function pausesOf(execution: LocalExecution): readonly number[] {
  const times = checks(execution).map(({ check }) => Date.parse(check.checked_at));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

export function tokenOf(callbackUrl: string): string {
  return callbackUrl.slice(callbackUrl.lastIndexOf('/') + 1);
}

/** MiniMax ends the task, and calls back. */
export async function finish({ on, taskId, callbackUrl }: Making): Promise<void> {
  on.simulator.finish(taskId);
  await call(callbackUrl);
}
