import { describe, expect, test } from 'vitest';
import {
  type Claim,
  decideAdopt,
  decideSubmit,
  takenOver,
  toJobClaim,
  withSending,
} from '../../../lambdas/core/job/claim.ts';
import {
  claimOf,
  endedAfter,
  type FoundRecord,
  isOver,
  type JobRecord,
  parseJobRecord,
} from '../../../lambdas/core/job/job-record.ts';
import { videoIdOf } from '../../../lambdas/core/storage-keys.ts';
import { after, createdAt, executionKey, newJob, request, submittedJob } from '../../harness/running-job.ts';

const OTHER = {
  ...executionKey,
  execution_arn: executionKey.execution_arn.replace('TemplateVideo', 'Other'),
};
const EARLIER = { ...executionKey, created_at: after(-60).toISOString() };
const ENDED = { finished_at: after(300).toISOString(), redrives: 0 };
const task = {
  task_id: '42',
  kind: 'template' as const,
  adopted: false,
  waiting_since: createdAt.toISOString(),
};

function claimBy(id: string, redrives = 0, retries = 0): Claim {
  return toJobClaim({ ...newJob, redrives, retries }, { request }, id);
}

function found(record: JobRecord): FoundRecord {
  return { kind: 'record', record, version: 'v1' };
}

const FIRST = claimBy('mine');
const RETRY = claimBy('mine', 0, 1);
const REDRIVE = claimBy('mine', 1, 0);
const byAnother = claimBy('its');

const sending = { attempt: { ...byAnother.attempt, sending_at: after(1).toISOString() } };
const unclaimed = { ...executionKey, request, ...ENDED };

/** What is found, and what comes of it for the first attempt, a retry and a redrive of `Submit task`. */
const SUBMIT_ROWS: readonly (readonly [string, FoundRecord, string, string, string])[] = [
  ['nothing', { kind: 'absent' }, 'claim', 'claim', 'claim'],
  ['a task of its own execution', found({ ...byAnother, task }), 'follow', 'follow', 'follow'],
  ['a task beside an end', found({ ...byAnother, task, ...ENDED }), 'follow', 'follow', 'follow'],
  ['the claim of a first attempt', found(byAnother), 'wait', 'claim', 'claim'],
  ['the claim of a later attempt', found(claimBy('its', 0, 2)), 'wait', 'wait', 'claim'],
  ['a first attempt that sends', found({ ...byAnother, ...sending }), ...all('wait')],
  ['a claim with an end', found({ ...byAnother, ...ENDED }), ...endedFor('claim')],
  ['an end beside an attempt that sends', found({ ...byAnother, ...sending, ...ENDED }), ...endedFor('wait')],
  ['an end without a claim', found(unclaimed), ...endedFor('claim')],
  [
    'the end of the redrive beside an earlier claim',
    found({ ...byAnother, ...ENDED, redrives: 1 }),
    ...all('SubmitOutcomeUnknown'),
  ],
  ['another execution', found({ ...byAnother, ...OTHER }), ...all('VideoExistsAlready')],
  ['an earlier execution of its name', found({ ...byAnother, ...EARLIER }), ...all('VideoExistsAlready')],
  ["another's task", found({ ...byAnother, ...OTHER, task }), ...all('VideoExistsAlready')],
  ["another's end", found({ ...byAnother, ...OTHER, ...ENDED }), ...all('VideoExistsAlready')],
  ['what is no job document', { kind: 'unreadable' }, ...all('StorageUnavailable')],
];

/** Only a redrive continues after an end. */
function endedFor(redrive: string): [string, string, string] {
  return ['SubmitOutcomeUnknown', 'SubmitOutcomeUnknown', redrive];
}

function all(outcome: string): [string, string, string] {
  return [outcome, outcome, outcome];
}

function outcomeOf(decide: () => { readonly next: string }): string {
  try {
    return decide().next;
  } catch (error) {
    return (error as Error).name;
  }
}

describe('Submit task', () => {
  test.each(SUBMIT_ROWS)('that finds %s', (_what, state, first, retry, redrive) => {
    expect(outcomeOf(() => decideSubmit(FIRST, state))).toBe(first);
    expect(outcomeOf(() => decideSubmit(RETRY, state))).toBe(retry);
    expect(outcomeOf(() => decideSubmit(REDRIVE, state))).toBe(redrive);
  });

  test.each([
    ['first attempt', FIRST],
    ['retry', RETRY],
    ['redrive', REDRIVE],
  ])('prepares after its own claim, but not after an end beside it: %s', (_who, claim) => {
    expect(decideSubmit(claim, found(claim))).toEqual({ next: 'prepare', version: 'v1' });
    expect(outcomeOf(() => decideSubmit(claim, found({ ...claim, ...ENDED })))).toBe('SubmitOutcomeUnknown');
  });

  test('marks only its own claim as about to be sent, and only while there is neither a task nor an end', () => {
    const now = after(2);
    const marked = { ...FIRST, attempt: { ...FIRST.attempt, sending_at: now.toISOString() } };
    expect(withSending(marked, found(FIRST))).toEqual(marked);
    const others: readonly FoundRecord[] = [
      { kind: 'absent' },
      found(byAnother),
      found({ ...FIRST, task }),
      found({ ...FIRST, ...ENDED }),
    ];
    for (const other of others) expect(() => withSending(marked, other)).toThrow('this attempt sent nothing');
  });

  test('names the execution that holds the video, and the key of what is no job document', () => {
    expect(() => decideSubmit(FIRST, found({ ...byAnother, ...OTHER }))).toThrow(OTHER.execution_arn);
    expect(() => decideSubmit(FIRST, { kind: 'unreadable' })).toThrow('videos/v1/job.json');
  });
});

describe('Adopt task', () => {
  const claim: Claim = { ...claimBy('mine'), task: { ...task, adopted: true } };

  test.each([
    ['nothing', { kind: 'absent' }, 'claim'],
    ['its own claim', found({ ...claim, attempt: { ...claim.attempt, id: 'its' } }), 'follow'],
    ['its own execution with an end', found({ ...byAnother, task, ...ENDED }), 'follow'],
    ['its own execution, never claimed', found(unclaimed), 'claim'],
    ['another execution with this task', found({ ...byAnother, ...OTHER, task }), 'VideoExistsAlready'],
    ['what is no job document', { kind: 'unreadable' }, 'StorageUnavailable'],
  ] as readonly (readonly [string, FoundRecord, string])[])('that finds %s', (_what, state, outcome) => {
    expect(outcomeOf(() => decideAdopt(claim, state, undefined))).toBe(outcome);
  });

  const abandoned = { ...byAnother, ...OTHER, task, owner: 'iam A' };

  const redriven = { redrive_count: 1, at: after(400).toISOString() };

  test.each([
    ['the version that its input names', 'v1', abandoned, 'take over'],
    ['an end that a redrive has followed', 'v1', { ...abandoned, ...ENDED, redriven }, 'take over'],
    ['the end of a redrive', 'v1', { ...abandoned, ...ENDED, redrives: 1, redriven }, 'VideoExistsAlready'],
    ['another version', 'v0', abandoned, 'VideoExistsAlready'],
    ['another task', 'v1', { ...abandoned, task: { ...task, task_id: '43' } }, 'VideoExistsAlready'],
    ['no task', 'v1', { ...abandoned, task: undefined }, 'VideoExistsAlready'],
    ['an end', 'v1', { ...abandoned, ...ENDED }, 'VideoExistsAlready'],
  ])('takes over a document: %s', (_what, takesOver, record, outcome) => {
    expect(outcomeOf(() => decideAdopt(claim, found(record), takesOver))).toBe(outcome);
  });

  test('keeps owner, digest, request and task of what it takes over, as its own', () => {
    const before = { ...abandoned, request: { template_id: '7' }, request_digest: 'd' };
    expect(takenOver(before, claim)).toEqual({
      ...executionKey,
      attempt: claim.attempt,
      owner: 'iam A',
      request_digest: 'd',
      request: { template_id: '7' },
      task,
    });
  });
});

test('claims with the digest of the request, without the owner and without the order of its fields', () => {
  const { request_digest } = toJobClaim(newJob, { request, owner: 'iam A' }, 'a');
  const turned = Object.fromEntries(Object.entries(request).reverse());
  expect(toJobClaim(newJob, { request: turned }, 'b').request_digest).toBe(request_digest);
  expect(toJobClaim(newJob, { request: { ...request, metadata: {} } }, 'c').request_digest).not.toBe(
    request_digest,
  );
  expect(request_digest).toMatch(/^[0-9a-f]{64}$/);
});

test('rejects a request whose replay could not be recognized', () => {
  const claimWith = (value: unknown) => () =>
    toJobClaim(newJob, { request: { ...request, metadata: { value } } }, 'a');
  expect(claimWith('\ud800')).toThrow('/metadata/value has a lone surrogate');
  expect(claimWith(Number.POSITIVE_INFINITY)).toThrow('/metadata/value is a number beyond the range');
});

test.each([
  ['half a JSON', '{"video_id":"v1","execution_a'],
  ['nothing', ''],
  ['a list', '[]'],
  ['null', 'null'],
  [
    'a document without an execution',
    JSON.stringify({ video_id: 'v1', created_at: createdAt.toISOString() }),
  ],
  ['a task without an id', JSON.stringify({ ...executionKey, task: {} })],
  ['a time that is none', JSON.stringify({ ...executionKey, finished_at: 'soon' })],
  [
    'an attempt without an id',
    JSON.stringify({ ...executionKey, attempt: { redrive_count: 0, retry_count: 0 } }),
  ],
])('takes %s for no job document', (_what, text) => {
  expect(parseJobRecord(text)).toBeUndefined();
});

test('keeps what it does not know of a job document', () => {
  const document = { ...byAnother, task, wait_seconds: 30, later: { a: 1 } };
  expect(parseJobRecord(JSON.stringify(document))).toEqual(document);
});

test('keeps the claim and the task in every later write', () => {
  const ended = { ...byAnother, task, ...ENDED, status: 'failed' as const };
  const { request: _request, ...claim } = byAnother;
  expect(claimOf(ended)).toEqual({ ...claim, task });
});

test('knows the video of a job document by its key, and of nothing else', () => {
  expect(videoIdOf('videos/v1/job.json')).toBe('v1');
  for (const key of [
    'videos/v1/video.mp4',
    'videos/v1/x/job.json',
    'uploads/v1/job.json',
    'videos//job.json',
  ])
    expect(videoIdOf(key)).toBeUndefined();
});

const over = { ...executionKey, status: 'cancelled' as const, finished_at: after(60).toISOString() };

test.each([
  ['nothing', undefined, 30, false],
  ['the document of a step', { ...submittedJob, request }, 30, false],
  ['an end while it runs', over, 30, true],
  ['an end at the instant of its begin', over, 60, true],
  ['an end just before its cold start', over, 90, true],
  ['an end long before a redrive began it', over, 121, false],
])('a step that finds %s: is the execution over?', (_what, record, begunAt, expected) => {
  expect(isOver(record, after(begunAt))).toBe(expected);
});

test('a step writes its end before the announcer does, and is no later end', () => {
  expect(endedAfter({ ...over, status: undefined }, 0)).toBe(false);
});
