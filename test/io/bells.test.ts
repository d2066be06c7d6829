import { expect, test } from 'vitest';
import { type Bells, createBells } from '../../lambdas/io/bells.ts';
import { AwsRefusal, type Condition, type LightAws } from '../../lambdas/io/light-aws.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const NOTE = { rung_at: NOW.toISOString() };
const KEY = 'videos/v1/bell.json';

/** A bucket with one object at most, and the tokens that somebody waits for. */
class World implements LightAws {
  value: unknown;
  version = 0;
  waiting: string[] = [];
  heard: unknown[] = [];
  /** What others do just before the next condition is looked at. */
  meanwhile: (() => void)[] = [];
  /** Whether another writes in this moment, so that nobody else may. */
  isConflicting = false;
  /** What others do just before each read. */
  beforeReads: (() => void)[] = [];

  set(value: unknown): void {
    this.value = value;
    this.version += 1;
  }

  async call(_service: string, target: string, input: object) {
    expect(target).toBe('AWSStepFunctions.SendTaskSuccess');
    const { taskToken, output } = input as { readonly taskToken: string; readonly output: string };
    if (!this.waiting.includes(taskToken)) throw new AwsRefusal('TaskTimedOut', 'over');
    this.waiting = [];
    this.heard.push(JSON.parse(output));
    return {};
  }

  async readJson(_bucket: string, key: string) {
    expect(key).toBe(KEY);
    this.beforeReads.shift()?.();
    return this.value === undefined ? undefined : { value: this.value, version: String(this.version) };
  }

  async putJson(_bucket: string, _key: string, value: object, condition?: Condition) {
    this.meanwhile.shift()?.();
    if (this.isConflicting) return false;
    const isAsExpected =
      condition === 'absent' ? this.value === undefined : condition?.version === String(this.version);
    if (isAsExpected) this.set(value);
    return isAsExpected;
  }

  async delete() {
    this.set(undefined);
  }
}

function bellsOf(world: LightAws): Bells {
  return createBells(world, 'b');
}

test('ends the wait whose token lies there', async () => {
  const world = new World();
  world.set({ task_token: 't1' });
  world.waiting = ['t1'];
  await bellsOf(world).ring('v1', NOW);
  expect(world.heard).toEqual([NOTE]);
  expect(world.value).toEqual({ task_token: 't1' });
});

test('leaves a note where nobody waits, and no second one', async () => {
  const world = new World();
  await bellsOf(world).ring('v1', NOW);
  expect(world.value).toEqual(NOTE);
  await bellsOf(world).ring('v1', new Date(0));
  expect([world.value, world.version]).toEqual([NOTE, 1]);
});

test('puts a note in the place of a token whose wait is over', async () => {
  const world = new World();
  world.set({ task_token: 't1' });
  await bellsOf(world).ring('v1', NOW);
  expect(world.value).toEqual(NOTE);
});

test('ends a wait that begins in the very moment in which the note was to be left', async () => {
  const world = new World();
  world.meanwhile = [
    () => {
      world.set({ task_token: 't2' });
      world.waiting = ['t2'];
    },
  ];
  await bellsOf(world).ring('v1', NOW);
  expect(world.heard).toEqual([NOTE]);
});

test('ends a wait whose token is on its way, so that it can neither be read nor be forestalled', async () => {
  const world = new World();
  world.isConflicting = true;
  world.beforeReads = [
    () => undefined,
    () => undefined,
    () => {
      world.isConflicting = false;
      world.set({ task_token: 't2' });
      world.waiting = ['t2'];
    },
  ];
  await bellsOf(world).ring('v1', NOW);
  expect(world.heard).toEqual([NOTE]);
});

test('rings again where somebody has looked, or begun to wait, in between', async () => {
  const world = new World();
  world.set({ task_token: 't1' });
  world.meanwhile = [
    () => world.set(undefined),
    () => {
      world.set({ task_token: 't2' });
      world.waiting = ['t2'];
    },
  ];
  await bellsOf(world).ring('v1', NOW);
  expect(world.heard).toEqual([NOTE]);
});

test('leaves it at that where its note is forestalled by that of another', async () => {
  const world = new World();
  world.meanwhile = [() => world.set({ rung_at: 'then' })];
  await bellsOf(world).ring('v1', NOW);
  expect([world.value, world.heard]).toEqual([{ rung_at: 'then' }, []]);
});

test('says so where the bell can neither be read nor be written', async () => {
  const world = new World();
  world.isConflicting = true;
  await expect(bellsOf(world).ring('v1', NOW)).rejects.toThrow('The bell of v1 could neither be read');
});

test('hides no fault of Step Functions', async () => {
  const world = new World();
  world.set({ task_token: 't1' });
  world.call = () => Promise.reject(new AwsRefusal('AccessDeniedException', 'no'));
  await expect(bellsOf(world).ring('v1', NOW)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
