import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FunctionWorker, WorkerReply } from '../../../local/lambda/function-worker.ts';
import { createWorkerPool, type PoolOptions } from '../../../local/lambda/worker-pool.ts';

const DONE: WorkerReply = { ok: true, result: 'null' };
const BUSY = { ok: false, error: { errorType: 'Lambda.TooManyRequestsException' } };

interface PoolOf {
  /** @default false */
  readonly isLoading?: boolean;
  readonly hasRoom?: () => boolean;
}

/** A pool whose instances answer a request on demand. */
function poolOf({ isLoading = false, ...options }: PoolOptions & PoolOf) {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const stopped: FunctionWorker[] = [];
  let started = 0;
  const pool = createWorkerPool(() => {
    started += 1;
    const worker: FunctionWorker = {
      isAlive: true,
      isLoading,
      invoke(event) {
        begun.push(event);
        return new Promise((resolve) => finish.set(event, () => resolve(DONE)));
      },
      stop: async () => void stopped.push(worker),
    };
    return worker;
  }, options);
  return { pool, begun, stopped, started: () => started, finish: (event: string) => finish.get(event)?.() };
}

test('rejects a step at once when all instances are busy', async () => {
  const { pool, begun } = poolOf({ maxWorkers: 2 });
  void pool.invoke('1');
  void pool.invoke('2');
  expect(await pool.invoke('3')).toMatchObject(BUSY);
  expect(begun).toEqual(['1', '2']);
});

test('serves waiting requests in the order of their arrival', async () => {
  const { pool, begun, finish, started } = poolOf({ maxWorkers: 1 });
  const all = ['1', '2', '3'].map((event) => pool.invoke(event, { waits: true }));
  for (const event of ['1', '2', '3']) {
    await expect.poll(() => begun.at(-1)).toBe(event);
    finish(event);
  }
  expect(await Promise.all(all)).toEqual([DONE, DONE, DONE]);
  expect(started()).toBe(1);
});

test('never begins a request that its caller has aborted', async () => {
  const { pool, begun, finish } = poolOf({ maxWorkers: 1 });
  const gone = new AbortController();
  const first = pool.invoke('1', { waits: true });
  const second = pool.invoke('2', { waits: true, signal: gone.signal });
  const third = pool.invoke('3', { waits: true });
  gone.abort();
  expect(await second).toMatchObject(BUSY);
  finish('1');
  await first;
  await expect.poll(() => begun.at(-1)).toBe('3');
  finish('3');
  await third;
  expect(begun).toEqual(['1', '3']);
  expect(await pool.invoke('4', { signal: gone.signal })).toMatchObject(BUSY);
});

test('reports only a request that begins', async () => {
  const { pool } = poolOf({ maxWorkers: 1 });
  const begun: string[] = [];
  void pool.invoke('1', { onBegin: () => begun.push('1') });
  await pool.invoke('2', { onBegin: () => begun.push('2') });
  expect(begun).toEqual(['1']);
});

test('ends an idle instance, and starts another later', async () => {
  const { pool, finish, stopped, started } = poolOf({ maxWorkers: 1, idleMs: 5 });
  const first = pool.invoke('1');
  finish('1');
  await first;
  await expect.poll(() => stopped.length).toBe(1);
  void pool.invoke('2');
  expect(started()).toBe(2);
});

test('keeps an instance that is busy for longer', async () => {
  const { pool, finish, stopped, started } = poolOf({ maxWorkers: 1, idleMs: 5 });
  const first = pool.invoke('1');
  finish('1');
  await first;
  const second = pool.invoke('2');
  await after(20);
  expect(stopped).toEqual([]);
  finish('2');
  await second;
  expect(started()).toBe(1);
});

test('rejects waiting and later requests when it stops', async () => {
  const { pool, begun, stopped } = poolOf({ maxWorkers: 1 });
  void pool.invoke('1');
  const waiting = pool.invoke('2', { waits: true });
  await pool.stop();
  expect(await waiting).toMatchObject(BUSY);
  expect(await pool.invoke('3', { waits: true })).toMatchObject(BUSY);
  expect(begun).toEqual(['1']);
  expect(stopped).toHaveLength(1);
});

test('starts no second instance for a request that may wait while one loads', async () => {
  const { pool, begun, finish, started } = poolOf({ maxWorkers: 3, isLoading: true });
  const first = pool.invoke('1', { waits: true });
  const second = pool.invoke('2', { waits: true });
  expect(begun).toEqual(['1']);
  void pool.invoke('a step');
  expect(started()).toBe(2);
  finish('1');
  await first;
  await expect.poll(() => begun.at(-1)).toBe('2');
  finish('2');
  await second;
  expect(started()).toBe(2);
});

test('always allows one instance, and no more where the machine has no room', async () => {
  const { pool, started } = poolOf({ maxWorkers: 3, hasRoom: () => false });
  void pool.invoke('1');
  expect(await pool.invoke('2')).toMatchObject(BUSY);
  expect(started()).toBe(1);
});

test('ends an idle instance on demand, and no busy one', async () => {
  const { pool, finish, stopped } = poolOf({});
  const first = pool.invoke('1');
  expect(pool.endIdle()).toBe(false);
  finish('1');
  await first;
  expect(pool.endIdle()).toBe(true);
  expect(stopped).toHaveLength(1);
  expect(pool.size).toBe(0);
});
