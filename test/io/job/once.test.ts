import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Failure } from '../../../lambdas/core/failure.ts';
import { type Claim, toJobClaim } from '../../../lambdas/core/job/claim.ts';
import {
  type ExecutionKey,
  isHeldBy,
  type JobRecord,
  parseJobRecord,
} from '../../../lambdas/core/job/job-record.ts';
import { markRedriven } from '../../../lambdas/io/completion/redrives.ts';
import { createJobDocuments, type JobObjects } from '../../../lambdas/io/job/job-documents.ts';
import { createJobRecords, type JobRecords } from '../../../lambdas/io/job/job-record.ts';
import { after, createdAt, executionKey, newJob, request } from '../../harness/running-job.ts';

const OTHER_ARN = executionKey.execution_arn.replace('TemplateVideo', 'Other');
const signal = new AbortController().signal;

/** The fate of one call of S3: a `lost` one is done without an answer, a `rejected` one is not done. */
type Fate = 'fine' | 'lost' | 'rejected';

/** One object. The scheduler decides when each call takes place. */
class World {
  readonly written: { readonly by: ExecutionKey; readonly over: JobRecord | undefined }[] = [];
  text: string | undefined;
  accepted = 0;
  private version = 0;
  private readonly scheduler: fc.Scheduler;
  private readonly fates: Fate[];

  constructor(scheduler: fc.Scheduler, fates: readonly Fate[]) {
    this.scheduler = scheduler;
    this.fates = [...fates];
  }

  /** The records as one actor sees them. */
  recordsOf(key: ExecutionKey): JobRecords {
    const objects: JobObjects = {
      readText: () =>
        this.call('read', () =>
          this.text === undefined ? undefined : { text: this.text, version: String(this.version) },
        ),
      putVersion: (_key, value, version) => this.call('put', () => this.put(key, value, version)),
    };
    const pause = () => this.scheduler.schedule(Promise.resolve(), 'pause');
    return createJobRecords(objects, { documents: createJobDocuments(objects, pause) });
  }

  /** MiniMax accepts every create that reaches it, unless it answers that it is busy. */
  create(): Promise<string | undefined> {
    const isBusy = this.fates.shift() === 'rejected';
    return this.step('create', () => {
      if (isBusy) return undefined;
      this.accepted += 1;
      return `task-${this.accepted}`;
    });
  }

  get record(): JobRecord | undefined {
    return this.text === undefined ? undefined : parseJobRecord(this.text);
  }

  private put(by: ExecutionKey, value: unknown, version: string | undefined): string | undefined {
    const expected = this.text === undefined ? undefined : String(this.version);
    if (version !== expected) return undefined;
    this.written.push({ by, over: this.record });
    this.text = JSON.stringify(value);
    this.version += 1;
    return String(this.version);
  }

  private async call<T>(label: string, work: () => T): Promise<T> {
    const fate = this.fates.shift() ?? 'fine';
    const done = await this.step(label, () => (fate === 'rejected' ? undefined : work()));
    if (fate === 'fine') return done as T;
    throw Object.assign(new Error('S3 did not answer.'), { name: 'StorageUnavailable' });
  }

  /** The scheduler chooses when the work is done, and when its result arrives. */
  private async step<T>(label: string, work: () => T): Promise<T> {
    await this.scheduler.schedule(Promise.resolve(), label);
    const result = work();
    await this.scheduler.schedule(Promise.resolve(), `${label} answered`);
    return result;
  }
}

function claimOf(key: ExecutionKey, redrives: number, retries: number): Claim {
  return toJobClaim({ ...newJob, ...key, redrives, retries }, { request }, crypto.randomUUID());
}

/** What `Submit task` does, with the retries of the definition. @returns what the workflow gets */
async function submit(world: World, key: ExecutionKey, redrives: number): Promise<string> {
  const records = world.recordsOf(key);
  for (let retries = 0; retries < 4; retries += 1) {
    const claim = claimOf(key, redrives, retries);
    try {
      const claimed = await records.claimSubmit(claim, 0, signal);
      if (claimed.next === 'follow') return claimed.task.task_id;
      const marked = await records.beginCreate(claim, claimed.version, createdAt);
      const task_id = await world.create();
      if (task_id === undefined) {
        await records.endCreate(marked).catch(() => undefined);
        continue;
      }
      const task = { task_id, kind: 'template' as const, adopted: false, waiting_since: newJob.created_at };
      await records.recordTask(marked, task).catch(() => undefined);
      return task_id;
    } catch (error) {
      const { name } = error as Failure;
      if (name !== 'StorageUnavailable') return name;
    }
  }
  return 'StorageUnavailable';
}

async function recordEnd(world: World, key: ExecutionKey, end: object): Promise<string> {
  const updated = await world
    .recordsOf(key)
    .update(key, () => ({ ...key, request, finished_at: after(9).toISOString(), redrives: 0, ...end }))
    .catch((error: Error) => ({ kind: error.name }));
  return updated.kind;
}

/** The table says nothing in this protocol. */
const NO_INDEX = { index: { put: async () => true }, warn: () => undefined };

async function markRedrive(world: World, key: ExecutionKey): Promise<string> {
  const redriven = { redrive_count: 1, at: after(20).toISOString() };
  const marked = await markRedriven({ ...NO_INDEX, records: world.recordsOf(key) }, { key, redriven }).catch(
    () => undefined,
  );
  return String(marked?.isMarked);
}

/** The hourly sweep, for which the execution of the document is gone, and the adoption that it starts. */
async function sweep(world: World, key: ExecutionKey): Promise<string> {
  const records = world.recordsOf(key);
  const found = await records.read(key.video_id).catch(() => undefined);
  if (found?.kind !== 'record' || found.record.finished_at !== undefined) return 'nothing';
  const { task } = found.record;
  if (task === undefined)
    return recordEnd(world, keyOf(found.record), { error: { Error: 'SubmitOutcomeUnknown' } });
  const claim = { ...claimOf(key, 0, 0), task: { ...task, adopted: true } };
  return records.claimAdopt(claim, found.version, signal).then(
    (held) => held.task?.task_id ?? 'no task',
    (error: Error) => error.name,
  );
}

function keyOf({ video_id, created_at, execution_arn }: JobRecord): ExecutionKey {
  return { video_id, created_at, execution_arn };
}

const OTHER = { ...executionKey, execution_arn: OTHER_ARN };
const ADOPTION = { ...executionKey, created_at: after(3600).toISOString() };

const ACTORS: Readonly<Record<string, (world: World) => Promise<string>>> = {
  'the first attempt': (world) => submit(world, executionKey, 0),
  'a repeated attempt': (world) => submit(world, executionKey, 0),
  'a redrive': (world) => submit(world, executionKey, 1),
  'another redrive': (world) => submit(world, executionKey, 2),
  'another execution of this id': (world) => submit(world, OTHER, 0),
  'Record failure': (world) => recordEnd(world, executionKey, { error: { Error: 'SubmitOutcomeUnknown' } }),
  'the event of a redrive': (world) => markRedrive(world, executionKey),
  'the announcer': (world) => recordEnd(world, executionKey, { status: 'cancelled' }),
  "another's Record failure": (world) => recordEnd(world, OTHER, { error: { Error: 'InvalidRequest' } }),
  'the sweep': (world) => sweep(world, ADOPTION),
};

const actors = fc.uniqueArray(fc.constantFrom(...Object.keys(ACTORS)), { minLength: 2, maxLength: 6 });

async function run(scheduler: fc.Scheduler, names: readonly string[], fates: readonly Fate[]) {
  const world = new World(scheduler, fates);
  const results = Promise.all(names.map((name) => ACTORS[name]?.(world)));
  return { world, results: await scheduler.waitFor(results) };
}

test('sends one create that MiniMax can accept, and loses no task, in any order of the calls', async () => {
  const property = fc.asyncProperty(fc.scheduler(), actors, async (scheduler, names) => {
    const { world, results } = await run(scheduler, names, []);
    expect(world.accepted).toBeLessThanOrEqual(1);
    if (world.accepted === 1) {
      expect(world.record?.task?.task_id).toBe('task-1');
      expect(results).toContain('task-1');
    }
    for (const { by, over } of world.written) {
      const isAdoption = by === ADOPTION && over?.task !== undefined;
      expect(over === undefined || isHeldBy(over, by) || isAdoption).toBe(true);
    }
  });
  await fc.assert(property, { numRuns: 3_000 });
});

test('sends one create also where calls of S3 fail or get no answer', async () => {
  const fates = fc.array(fc.constantFrom<Fate>('fine', 'fine', 'lost', 'rejected'), { maxLength: 20 });
  const property = fc.asyncProperty(fc.scheduler(), actors, fates, async (scheduler, names, given) => {
    const { world, results } = await run(scheduler, names, given);
    expect(world.accepted).toBeLessThanOrEqual(1);
    if (world.accepted === 1)
      expect(world.record?.task?.task_id === 'task-1' || results.includes('task-1')).toBe(true);
  });
  await fc.assert(property, { numRuns: 3_000 });
});
