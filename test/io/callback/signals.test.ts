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

/** A bucket, and the tokens that Step Functions waits for. Each call takes place as a whole, when it is let. */
class World {
  readonly objects = new Map<string, unknown>();
  /** What is done with the output that comes with a token. */
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

function callbacksOf(
  world: CallbackSignalsOptions['objects'] & CallbackSignalsOptions['waits'],
): CallbackSignals {
  return createCallbackSignals({ objects: world, waits: world });
}

function waitingFor(...tokens: readonly string[]): World {
  const world = new World();
  for (const token of tokens) world.waiting.set(token, () => undefined);
  return world;
}

test('a callback ends the wait whose token lies there, and is written down', async () => {
  const world = waitingFor('t1');
  await callbacksOf(world).wait('v1', 't1');
  expect(world.sent).toEqual([]);
  await callbacksOf(world).callback('v1', NOW);
  expect(world.sent).toEqual([['t1', CALLBACK_RECEIVED]]);
  expect(world.objects.get(CALLBACK)).toEqual(CALLBACK_RECEIVED);
});

test('a wait ends at once where a callback has come before it', async () => {
  const world = waitingFor('t1');
  await callbacksOf(world).callback('v1', NOW);
  expect(world.sent).toEqual([]);
  await callbacksOf(world).wait('v1', 't1');
  expect(world.sent).toEqual([['t1', CALLBACK_RECEIVED]]);
});

test('a check forgets the callbacks and the token before it, so that the next wait lasts', async () => {
  const world = waitingFor('t2');
  await callbacksOf(world).wait('v1', 't1');
  await callbacksOf(world).callback('v1', NOW);
  await clearPending(world, 'v1');
  expect(world.objects.size).toBe(0);
  await callbacksOf(world).wait('v1', 't2');
  expect([world.sent, world.objects.get(TOKEN)]).toEqual([[], { task_token: 't2' }]);
});

test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
  'a callback of a wait that is over (%s) is kept for the next one',
  async (name) => {
    const world = waitingFor('t2');
    world.objects.set(TOKEN, { task_token: 't1' });
    const { succeed } = World.prototype;
    world.succeed = () => Promise.reject(named(name));
    await callbacksOf(world).callback('v1', NOW);
    world.succeed = succeed;
    await callbacksOf(world).wait('v1', 't2');
    expect(world.sent).toEqual([['t2', CALLBACK_RECEIVED]]);
  },
);

test('hides no fault of Step Functions from either side', async () => {
  const world = waitingFor('t1');
  world.objects.set(TOKEN, { task_token: 't1' });
  world.succeed = () => Promise.reject(named('AccessDeniedException'));
  await expect(callbacksOf(world).callback('v1', NOW)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await expect(callbacksOf(world).wait('v1', 't1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test.each(['putJson', 'readJson'] as const)('hides no fault of S3 from either side: %s', async (name) => {
  const world = waitingFor('t1');
  Object.assign(world, { [name]: () => Promise.reject(named('StorageUnavailable')) });
  await expect(callbacksOf(world).callback('v1', NOW)).rejects.toMatchObject({ name: 'StorageUnavailable' });
  await expect(callbacksOf(world).wait('v1', 't1')).rejects.toMatchObject({ name: 'StorageUnavailable' });
  expect(world.sent).toEqual([]);
});

test('hides no damaged object from either side', async () => {
  const world = waitingFor('t1');
  world.objects.set(TOKEN, { task_token: 1 });
  await expect(callbacksOf(world).callback('v1', NOW)).rejects.toThrow('task_token');
  world.objects.set(CALLBACK, 'x');
  await expect(callbacksOf(world).wait('v1', 't1')).rejects.toThrow();
  expect(world.sent).toEqual([]);
});

/** Lets the calls of all sides take place one at a time, in an order that a script of choices says. */
class ScriptedWorld extends World {
  /** Among how many calls was chosen, each time. */
  readonly options: number[] = [];
  /** What MiniMax would say of the task. */
  news = 0;
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

  /** @returns when nobody has anything to do any more */
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

  /** MiniMax has something new, and calls. */
  async tell(signals: CallbackSignals): Promise<void> {
    await this.step(() => {
      this.news += 1;
    });
    await signals.callback('v1', NOW);
  }

  /** An execution: it waits and checks in turns until it has seen the last news. @returns the number of its checks */
  async execute(signals: CallbackSignals, last: number, functions: Promise<void>[]): Promise<number> {
    for (let checks = 1; ; checks += 1) {
      const ended = new Promise((resolve) => this.waiting.set(`t${checks}`, resolve));
      functions.push(signals.wait('v1', `t${checks}`));
      await ended;
      await clearPending(this, 'v1');
      if ((await this.step(() => this.news)) === last) return checks;
    }
  }
}

/** The script behind this one, in which the last choice that can be is another. @returns undefined behind the last */
function following(script: readonly number[], options: readonly number[]): readonly number[] | undefined {
  const choices = options.map((_, index) => script[index] ?? 0);
  const index = options.findLastIndex((count, at) => (choices[at] ?? 0) + 1 < count);
  return index === -1 ? undefined : [...choices.slice(0, index), (choices[index] ?? 0) + 1];
}

/**
 * Tells so many news while an execution waits and checks, in the order of this script.
 * @returns among how many calls was chosen, each time
 */
async function tellAll(news: number, script: readonly number[]): Promise<readonly number[]> {
  const world = new ScriptedWorld(script);
  const signals = callbacksOf(world);
  const functions: Promise<void>[] = [];
  let checks = 0;
  const executing = world.execute(signals, news, functions).then((count) => {
    checks = count;
  });
  const telling = (async () => {
    for (let told = 0; told < news; told += 1) await world.tell(signals);
  })();
  await world.run();
  expect(checks, `the checks of an execution whose calls took place in the order ${script}`).not.toBe(0);
  // A callback can be read by one wait, and end the one after it as well.
  expect(checks).toBeLessThanOrEqual(2 * news);
  await Promise.all([executing, telling, ...functions]);
  return world.options;
}

test('loses no callback, in whichever order the calls of a wait, a check and a receiver take place', async () => {
  let orders = 0;
  for (let script: readonly number[] | undefined = []; script !== undefined; orders += 1)
    script = following(script, await tellAll(1, script));
  expect(orders).toBeGreaterThan(10);
}, 60_000);

test('loses none of several callbacks, in many an order', async () => {
  const orders = fc.array(fc.nat({ max: 11 }), { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), orders, async (news, script) => {
      await tellAll(news, script);
    }),
    { numRuns: 500 },
  );
}, 60_000);
