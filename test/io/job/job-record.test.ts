import { describe, expect, test } from 'vitest';
import { type Claim, toJobClaim } from '../../../lambdas/core/job/claim.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { jobKey } from '../../../lambdas/core/storage-keys.ts';
import { createBucket } from '../../../lambdas/io/aws/bucket.ts';
import { createJobDocuments } from '../../../lambdas/io/job/job-documents.ts';
import { createJobRecords, type JobRecords } from '../../../lambdas/io/job/job-record.ts';
import { type FaultyS3, type S3Fault, startFaultyS3 } from '../../harness/faulty-s3.ts';
import { after, createdAt, executionKey, newJob, request } from '../../harness/running-job.ts';

const KEY = jobKey('v1');
const signal = new AbortController().signal;
const OTHER = {
  ...executionKey,
  execution_arn: executionKey.execution_arn.replace('TemplateVideo', 'Other'),
};
const task = {
  task_id: '42',
  kind: 'template' as const,
  adopted: false,
  waiting_since: createdAt.toISOString(),
};
const end = { finished_at: after(9).toISOString(), error: { Error: 'SubmitOutcomeUnknown' } };

const claim: Claim = toJobClaim(newJob, { request, owner: 'iam A' }, 'mine');
const retried: Claim = toJobClaim({ ...newJob, retries: 1 }, { request, owner: 'iam A' }, 'again');
const sending = { ...claim, attempt: { ...claim.attempt, sending_at: after(1).toISOString() } };
const foreign = { ...claim, ...OTHER, attempt: { ...claim.attempt, id: 'its' } };

interface World extends FaultyS3 {
  readonly records: JobRecords;
  stored(): JobRecord | undefined;
}

async function startWorld(given?: object | string): Promise<World> {
  const s3 = await startFaultyS3();
  if (given !== undefined) s3.objects.set(KEY, typeof given === 'string' ? given : JSON.stringify(given));
  const bucket = createBucket('b', s3.client);
  const documents = createJobDocuments(bucket, async () => undefined);
  const records = createJobRecords(bucket, { documents, pollMs: 1 });
  const stored = () => {
    const text = s3.objects.get(KEY);
    return text === undefined ? undefined : (JSON.parse(text) as JobRecord);
  };
  return { ...s3, records, stored };
}

/** The outcome of an operation: its next step, `done`, or the name of its error. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    (result) => (result as { next?: string; kind?: string } | undefined)?.next ?? 'done',
    (error: Error) => error.name,
  );
}

async function versionOf({ records }: World): Promise<string> {
  const found = await records.read('v1');
  return found.kind === 'record' ? found.version : 'none';
}

const ALWAYS = (fault: S3Fault): readonly S3Fault[] => Array.from({ length: 20 }, () => fault);

describe('a claim of which S3 says', () => {
  const PREPARED = 'prepare';
  const rows: readonly (readonly [string, readonly S3Fault[], string])[] = [
    ['200', ['fine'], PREPARED],
    ['nothing, although it is done', ['lost'], PREPARED],
    ['nothing, and does it later', ['late'], PREPARED],
    ['nothing, twice', ['late', 'fine', 'lost'], PREPARED],
    ['403 to the write', ALWAYS(403), 'StorageUnavailable'],
    ['403 to the read of what was not answered', ['lost', 403], 'StorageUnavailable'],
    ['404 to the write', [404], PREPARED],
    ['409', [409], PREPARED],
    ['409 for good', ALWAYS(409).flatMap((fault) => [fault, 404 as const]), 'StorageUnavailable'],
    ['412 without reason', [412], PREPARED],
    ['500', [500], PREPARED],
    ['500 to the write and to the read', [500, 500], 'StorageUnavailable'],
    ['half a document', ['lost', 'half'], 'StorageUnavailable'],
  ];

  test.each(rows)('%s', async (_what, faults, expected) => {
    const world = await startWorld();
    world.plan(...faults);
    expect(await outcomeOf(world.records.claimSubmit(claim, 0, signal))).toBe(expected);
    if (expected === PREPARED) expect(world.stored()).toEqual(claim);
    // The next attempt takes the claim over, because nothing was sent.
    world.plan();
    const next = await outcomeOf(world.records.claimSubmit(retried, 0, signal));
    expect(next).toBe(PREPARED);
    expect(world.stored()).toEqual(retried);
  });
});

describe('the mark before the create', () => {
  test.each([
    ['200', ['fine'], 'done'],
    ['nothing, although it is done', ['lost'], 'done'],
    ['nothing, and does it later', ['late'], 'done'],
    ['403', ALWAYS(403), 'StorageUnavailable'],
    ['409', [409], 'done'],
    ['412 without reason', [412], 'done'],
    ['500', [500], 'done'],
    ['500 for good', ALWAYS(500), 'StorageUnavailable'],
    ['half a document', [500, 'half'], 'StorageUnavailable'],
  ] as readonly (readonly [string, readonly S3Fault[], string])[])(
    'of which S3 says %s',
    async (_what, faults, expected) => {
      const world = await startWorld(claim);
      const version = await versionOf(world);
      world.plan(...faults);
      expect(await outcomeOf(world.records.beginCreate(claim, version, after(1)))).toBe(expected);
      if (expected === 'done') expect(world.stored()).toEqual(sending);
    },
  );

  test.each([
    ['a later attempt', retried],
    ['an end', { ...claim, ...end }],
    ['another execution', foreign],
    ['nothing, because the object was deleted', undefined],
  ])('is not set over %s, so that nothing is sent', async (_what, found) => {
    const world = await startWorld(claim);
    const version = await versionOf(world);
    if (found === undefined) world.objects.delete(KEY);
    else world.objects.set(KEY, JSON.stringify(found));
    const before = world.stored();
    expect(await outcomeOf(world.records.beginCreate(claim, version, after(1)))).toBe('SubmitOutcomeUnknown');
    expect(world.stored()).toEqual(before);
  });

  test('is taken back after a busy answer, and only by the attempt that set it', async () => {
    const world = await startWorld(sending);
    await world.records.endCreate({ claim: sending, version: await versionOf(world) });
    expect(world.stored()).toEqual(claim);
    world.objects.set(KEY, JSON.stringify({ ...sending, attempt: { ...sending.attempt, id: 'its' } }));
    const before = world.stored();
    await world.records.endCreate({ claim: sending, version: 'v0' });
    expect(world.stored()).toEqual(before);
  });
});

describe('the task of a create is written down', () => {
  test.each([
    ['200', ['fine']],
    ['nothing, although it is done', ['lost']],
    ['nothing, and does it later', ['late']],
    ['409', [409]],
    ['412 without reason', [412]],
    ['500', [500]],
    ['403 once', [403]],
  ] as readonly (readonly [string, readonly S3Fault[]])[])('where S3 says %s', async (_what, faults) => {
    const world = await startWorld(sending);
    const version = await versionOf(world);
    world.plan(...faults);
    await world.records.recordTask({ claim: sending, version }, task);
    expect(world.stored()?.task).toEqual(task);
  });

  test('into a document that has ended in the meantime, whose end is kept', async () => {
    const world = await startWorld(sending);
    const version = await versionOf(world);
    world.objects.set(KEY, JSON.stringify({ ...sending, ...end }));
    await world.records.recordTask({ claim: sending, version }, task);
    expect(world.stored()).toEqual({ ...sending, ...end, task });
  });

  test('again where the document was deleted', async () => {
    const world = await startWorld(sending);
    const version = await versionOf(world);
    world.objects.delete(KEY);
    await world.records.recordTask({ claim: sending, version }, task);
    expect(world.stored()).toEqual({ ...sending, task });
  });

  test.each([
    ["another execution's document", JSON.stringify(foreign), 'VideoExistsAlready'],
    ['an object that is no job document', '{"half": ', 'StorageUnavailable'],
  ])('but not into %s', async (_what, text, expected) => {
    const world = await startWorld(text);
    expect(await outcomeOf(world.records.recordTask({ claim: sending, version: '"v0"' }, task))).toBe(
      expected,
    );
    expect(world.objects.get(KEY)).toBe(text);
  });
});

describe('a later writer', () => {
  const change = () => ({ ...executionKey, ...end });

  test.each([
    ['nothing', undefined, 'written', { ...executionKey, ...end }],
    ['its own claim', claim, 'written', { ...withoutRequest(claim), ...end }],
    ['its own task', { ...claim, task }, 'written', { ...withoutRequest(claim), ...end, task }],
    ["another execution's document", foreign, 'foreign', foreign],
  ])('that finds %s', async (_what, found, kind, expected) => {
    const world = await startWorld(found);
    expect((await world.records.update(executionKey, change)).kind).toBe(kind);
    expect(world.stored()).toEqual(expected);
  });

  test.each(['{"half": ', '[]', 'null', ''])('does not overwrite %j, and names its key', async (text) => {
    const world = await startWorld(text);
    await expect(world.records.update(executionKey, change)).rejects.toThrow(KEY);
    expect(world.objects.get(KEY)).toBe(text);
  });

  test.each([
    ['is killed before its write', [500, 500], undefined],
    ['is killed after its write', ['fine', 'lost', 500], end.finished_at],
  ] as readonly (readonly [string, readonly S3Fault[], string | undefined])[])(
    '%s',
    async (_what, faults, finishedAt) => {
      const world = await startWorld({ ...claim, task });
      world.plan(...faults);
      await outcomeOf(world.records.update(executionKey, change));
      expect(world.stored()).toMatchObject({ task, attempt: claim.attempt });
      expect(world.stored()?.finished_at).toBe(finishedAt);
    },
  );

  test.each([
    ['nothing, although it is done', ['fine', 'lost']],
    ['nothing, and does it later', ['fine', 'late']],
    ['404, because the object is deleted', ['fine', 404]],
    ['409', ['fine', 409]],
    ['412', ['fine', 412]],
    ['500', ['fine', 500]],
  ] as readonly (readonly [string, readonly S3Fault[]])[])(
    'writes its end where S3 says %s',
    async (_what, faults) => {
      const world = await startWorld({ ...claim, task });
      world.plan(...faults);
      await world.records.update(executionKey, change);
      expect(world.stored()).toEqual({ ...withoutRequest(claim), ...end, task });
    },
  );

  test('fails for a missing grant: 403 is never absence', async () => {
    const world = await startWorld({ ...claim, task });
    world.plan(403);
    await expect(world.records.read('v1')).rejects.toMatchObject({ name: 'StorageUnavailable' });
    world.plan(403);
    await expect(world.records.update(executionKey, change)).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
    expect(world.requests.every((request) => request.startsWith('GET'))).toBe(true);
  });

  test('keeps the claim that is stored, not the one that it knows', async () => {
    const world = await startWorld(sending);
    await world.records.update(executionKey, () => ({ ...claim, ...end }));
    expect(world.stored()).toMatchObject({ attempt: sending.attempt, ...end });
  });
});

test('waits for the task of a create that may still be in progress', async () => {
  const world = await startWorld(claim);
  const finding = world.records.find(executionKey, 60, signal);
  await expect.poll(() => world.requests.length).toBeGreaterThan(1);
  world.objects.set(KEY, JSON.stringify({ ...sending, task }));
  expect(await finding).toMatchObject({ kind: 'record', record: { task } });
  const other = await startWorld(foreign);
  expect(await other.records.find(executionKey, 60, signal)).toMatchObject({ kind: 'record', record: OTHER });
});

test('stops waiting when its function runs out of time', async () => {
  const world = await startWorld();
  const finding = world.records.find(executionKey, 60, AbortSignal.timeout(50));
  await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
});

test('a redrive that finds a create in progress waits for its task, and follows it', async () => {
  const sendingNow = { ...claim, attempt: { ...claim.attempt, sending_at: new Date().toISOString() } };
  const world = await startWorld(sendingNow);
  const redrive = toJobClaim({ ...newJob, redrives: 1 }, { request, owner: 'iam A' }, 'redrive');
  const claiming = world.records.claimSubmit(redrive, 60, signal);
  await expect.poll(() => world.requests.length).toBeGreaterThan(1);
  world.objects.set(KEY, JSON.stringify({ ...sendingNow, task }));
  expect(await claiming).toEqual({ next: 'follow', task });
});

function withoutRequest({ request: _request, ...rest }: Claim): Omit<Claim, 'request'> {
  return rest;
}
