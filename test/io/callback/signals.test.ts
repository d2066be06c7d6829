import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CallbackSignals,
  type CallbackSignalsOptions,
  clearPending,
  createCallbackSignals,
} from '../../../lambdas/io/callback/signals.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const CALLBACK_RECEIVED = { callback_received_at: NOW.toISOString() };
const CALLBACK = 'videos/v1/callback.json';
const TOKEN = 'videos/v1/callback-token.json';

/** A bucket, and the tokens that Step Functions waits for. Each call takes effect as a whole. */
class World {
  readonly objects = new Map<string, unknown>();
  /** Receives the output that is sent with a token. */
  readonly waiting = new Map<string, (output: unknown) => void>();
  readonly sent: unknown[] = [];
  protected step<Result>(take: () => Result): Promise<Result> {
    return Promise.resolve().then(take);
  }

  succeed(taskToken: string, output: object): Promise<void> {
    return this.step(() => {
      const end = this.waiting.get(taskToken);
      if (end === undefined) throw named('TaskTimedOut');
      this.waiting.delete(taskToken);
      this.sent.push([taskToken, output]);
      end(output);
    });
  }

  readJson(key: string): Promise<unknown> {
    return this.step(() => this.objects.get(key));
  }

  putJson(key: string, value: unknown): Promise<void> {
    return this.step(() => void this.objects.set(key, value));
  }

  remove(key: string): Promise<void> {
    return this.step(() => void this.objects.delete(key));
  }
}

/** An error of the SDK. */
function named(name: string): Error {
  return Object.assign(new Error('no'), { name });
}

function signalsOf(
  world: CallbackSignalsOptions['objects'] & CallbackSignalsOptions['waits'],
): CallbackSignals {
  return createCallbackSignals({ objects: world, waits: world });
}

function waitingFor(...tokens: readonly string[]): World {
  const world = new World();
  for (const token of tokens) world.waiting.set(token, () => undefined);
  return world;
}

test('a callback ends the wait whose token is stored, and is stored itself', async () => {
  const world = waitingFor('t1');
  await signalsOf(world).wait('v1', 't1');
  expect(world.sent).toEqual([]);
  await signalsOf(world).receive('v1', NOW);
  expect(world.sent).toEqual([['t1', CALLBACK_RECEIVED]]);
  expect(world.objects.get(CALLBACK)).toEqual(CALLBACK_RECEIVED);
});

test('a wait ends at once where a callback is stored', async () => {
  const world = waitingFor('t1');
  await signalsOf(world).receive('v1', NOW);
  expect(world.sent).toEqual([]);
  await signalsOf(world).wait('v1', 't1');
  expect(world.sent).toEqual([['t1', CALLBACK_RECEIVED]]);
});

test('a check deletes callback and token, so that the next wait lasts', async () => {
  const world = waitingFor('t2');
  await signalsOf(world).wait('v1', 't1');
  await signalsOf(world).receive('v1', NOW);
  await clearPending(world, 'v1');
  expect(world.objects.size).toBe(0);
  await signalsOf(world).wait('v1', 't2');
  expect([world.sent, world.objects.get(TOKEN)]).toEqual([[], { task_token: 't2' }]);
});

test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
  'a callback after the end of a wait (%s) is stored for the next wait',
  async (name) => {
    const world = waitingFor('t2');
    world.objects.set(TOKEN, { task_token: 't1' });
    const { succeed } = World.prototype;
    world.succeed = () => Promise.reject(named(name));
    await signalsOf(world).receive('v1', NOW);
    world.succeed = succeed;
    await signalsOf(world).wait('v1', 't2');
    expect(world.sent).toEqual([['t2', CALLBACK_RECEIVED]]);
  },
);

test('throws errors of Step Functions on both sides', async () => {
  const world = waitingFor('t1');
  world.objects.set(TOKEN, { task_token: 't1' });
  world.succeed = () => Promise.reject(named('AccessDeniedException'));
  await expect(signalsOf(world).receive('v1', NOW)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await expect(signalsOf(world).wait('v1', 't1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test.each(['putJson', 'readJson'] as const)('throws errors of S3 on both sides: %s', async (name) => {
  const world = waitingFor('t1');
  Object.assign(world, { [name]: () => Promise.reject(named('StorageUnavailable')) });
  await expect(signalsOf(world).receive('v1', NOW)).rejects.toMatchObject({ name: 'StorageUnavailable' });
  await expect(signalsOf(world).wait('v1', 't1')).rejects.toMatchObject({ name: 'StorageUnavailable' });
  expect(world.sent).toEqual([]);
});

test('throws where a stored object is damaged', async () => {
  const world = waitingFor('t1');
  world.objects.set(TOKEN, { task_token: 1 });
  await expect(signalsOf(world).receive('v1', NOW)).rejects.toThrow('task_token');
  world.objects.set(CALLBACK, 'x');
  await expect(signalsOf(world).wait('v1', 't1')).rejects.toThrow();
  expect(world.sent).toEqual([]);
});

/** Runs the calls of all sides one at a time, in the order of a script of choices. */
class ScriptedWorld extends World {
  /** The number of calls that each choice was made from. */
  readonly options: number[] = [];
  /** What MiniMax answers to a check. */
  changes = 0;
  private readonly script: readonly number[];
  private readonly pending: (() => void)[] = [];

  constructor(script: readonly number[]) {
    super();
    this.script = script;
  }

  override step<Result>(take: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push(() => {
        try {
          resolve(take());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** @returns when no call is pending */
  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.pending.length === 0) return;
      const choice = (this.script[this.options.length] ?? 0) % this.pending.length;
      this.options.push(this.pending.length);
      const [take] = this.pending.splice(choice, 1);
      take?.();
    }
  }

  /** MiniMax changes the task, and calls back. */
  async change(signals: CallbackSignals): Promise<void> {
    await this.step(() => {
      this.changes += 1;
    });
    await signals.receive('v1', NOW);
  }

  /** An execution: it waits and checks in turn until a check sees the last change. @returns the number of checks */
  async execute(signals: CallbackSignals, last: number, functions: Promise<void>[]): Promise<number> {
    for (let checks = 1; ; checks += 1) {
      const ended = new Promise((resolve) => this.waiting.set(`t${checks}`, resolve));
      functions.push(signals.wait('v1', `t${checks}`));
      await ended;
      await clearPending(this, 'v1');
      if ((await this.step(() => this.changes)) === last) return checks;
    }
  }
}

/** The next script: the last choice that has an alternative is changed. @returns undefined after the last script */
function following(script: readonly number[], options: readonly number[]): readonly number[] | undefined {
  const choices = options.map((_, index) => script[index] ?? 0);
  const index = options.findLastIndex((count, at) => (choices[at] ?? 0) + 1 < count);
  return index === -1 ? undefined : [...choices.slice(0, index), (choices[index] ?? 0) + 1];
}

/**
 * Changes the task this many times while an execution waits and checks, in the order of this script.
 * @returns the number of calls that each choice was made from
 */
async function changeAll(changes: number, script: readonly number[]): Promise<readonly number[]> {
  const world = new ScriptedWorld(script);
  const signals = signalsOf(world);
  const functions: Promise<void>[] = [];
  let checks = 0;
  const executing = world.execute(signals, changes, functions).then((count) => {
    checks = count;
  });
  const changing = (async () => {
    for (let count = 0; count < changes; count += 1) await world.change(signals);
  })();
  await world.run();
  expect(checks, `the checks of an execution whose calls took effect in the order ${script}`).not.toBe(0);
  // A callback can be read by one wait, and end the one after it as well.
  expect(checks).toBeLessThanOrEqual(2 * changes);
  await Promise.all([executing, changing, ...functions]);
  return world.options;
}

test('loses no callback, in every order of the calls of a wait, a check and a callback', async () => {
  let orders = 0;
  for (let script: readonly number[] | undefined = []; script !== undefined; orders += 1)
    script = following(script, await changeAll(1, script));
  expect(orders).toBeGreaterThan(10);
}, 60_000);

test('loses none of several callbacks, in many orders', async () => {
  const orders = fc.array(fc.nat({ max: 11 }), { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), orders, async (changes, script) => {
      await changeAll(changes, script);
    }),
    { numRuns: 500 },
  );
}, 60_000);
