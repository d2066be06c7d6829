import { describe, expect, test } from 'vitest';
import type { Video } from '../../../lambdas/core/api/response.ts';
import type { Ended } from '../../../lambdas/core/completion/end.ts';
import { NO_HISTORY } from '../../../lambdas/core/completion/stale-job.ts';
import { toRecord } from '../../../lambdas/core/completion/video-record.ts';
import { FAILURES } from '../../../lambdas/core/failure.ts';
import type { JobTask } from '../../../lambdas/core/job/job.ts';
import { claimOf, type JobRecord, parseJobRecord } from '../../../lambdas/core/job/job-record.ts';
import { toFailedJob } from '../../../lambdas/core/record-failure/explain.ts';
import { STATES } from '../../../lambdas/core/states.ts';
import { isComplete, recordedObject, toRecordedVideo } from '../../../lambdas/core/video/recorded-video.ts';
import { storedVideo, toVideo } from '../../../lambdas/core/video/video.ts';
import { after, createdAt, executionKey, request as plain, submittedJob } from '../../harness/running-job.ts';

/*
 * The answer for an ended video is made from its job document. It has to be the one that the execution would give, with what is
 * in the document by now.
 */

const request = { ...plain, metadata: { order: 17 } };
const link = { url: 'https://s3/x', expiresAt: after(3600) };
const execution = {
  arn: executionKey.execution_arn,
  name: 'v1',
  startDate: createdAt,
  stopDate: after(306.4),
  redriveCount: 0,
  input: { ...request, owner: 'iam A' },
} as const;
const attempt = { id: 'random', redrive_count: 0, retry_count: 0 };
const claim: JobRecord = { ...executionKey, owner: 'iam A', request_digest: 'd', attempt, request };
const sending: JobRecord = { ...claim, attempt: { ...attempt, sending_at: after(1).toISOString() } };
const submitted = { ...submittedJob, request };
const checkOf = (status: string) => ({
  status,
  minimax_status: 'Any',
  polls: 28,
  checked_at: after(302).toISOString(),
  elapsed_seconds: 300,
});
const checked = { ...submitted, check: checkOf('succeeded') };
const adopted: JobTask = { ...submittedJob.task, adopted: true };
const video = {
  bucket: 'b',
  key: 'videos/v1/video.mp4',
  bytes: 5,
  sha256: '0'.repeat(64),
  content_type: 'video/mp4',
  seconds: 1.5,
  attempts: 1,
  resumes: 0,
};

/** What the announcer writes over what it finds, as it is read again. */
function documentOf(ended: Ended, found?: JobRecord): JobRecord {
  const written = { ...(found ?? {}), ...executionKey, finished_at: ended.stopDate.toISOString() };
  const record = toRecord({
    execution: { ...ended, recorded: written },
    stats: NO_HISTORY,
    host: 'https://api.minimax.io',
    version: '1',
    nodeVersion: 'v24',
  });
  const kept = found === undefined ? {} : claimOf(found);
  const document = parseJobRecord(JSON.stringify({ ...record, ...kept, task: record.task ?? found?.task }));
  if (document === undefined) throw new Error('The announcer has written no job document.');
  return document;
}

function sent(answer: Video): Video {
  return JSON.parse(JSON.stringify(answer));
}

function expectOneAnswer(ended: Ended, document: JobRecord): void {
  const byExecution = { ...ended, recorded: document };
  expect(recordedObject(document)).toEqual(storedVideo(byExecution));
  for (const file of [link, { deletedAt: after(8000) }])
    expect(sent(toRecordedVideo(document, after(9000), file))).toEqual(
      sent(toVideo(byExecution, after(9000), file)),
    );
  expect(isComplete(document)).toBe(true);
}

/** The execution after `Record failure` and `Video failed`. */
function failedWith(name: string, job: object, recorded?: JobRecord): Ended {
  const caught = { ...job, error: { Error: name, Cause: `{"errorMessage":"${name} happened."}` } };
  const stateInput = toFailedJob({ ...executionKey, redrives: 0, job: caught, recorded }, after(300));
  const { Error: error, Cause: cause } = stateInput.error;
  return { ...execution, status: 'FAILED', error, cause, stateName: STATES.videoFailed, stateInput };
}

const JOBS: readonly (readonly [string, object, JobRecord | undefined])[] = [
  ['before its claim', execution.input, undefined],
  ['after its claim', execution.input, claim],
  ['after its mark', execution.input, sending],
  ['in a create whose task was written down', execution.input, { ...sending, task: submitted.task }],
  ['after its create', submitted, { ...sending, task: submitted.task }],
  ['in its copy', checked, { ...sending, task: submitted.task }],
  ['in an adoption', { ...submitted, task: adopted }, { ...claim, task: adopted }],
];

describe.each(JOBS)('a video that failed %s', (_when, job, found) => {
  test.each([...Object.keys(FAILURES), 'States.Timeout', 'Lambda.TooManyRequestsException', 'TypeError'])(
    'has one answer: %s',
    (name) => {
      const ended = failedWith(name, job, found);
      expectOneAnswer(ended, documentOf(ended, found));
    },
  );

  test('has one answer where no step could record the failure', () => {
    const raw = { status: 'FAILED', error: 'States.Runtime', cause: '{"a":1}' } as const;
    const ended: Ended = { ...execution, ...raw, stateName: STATES.failExecution, stateInput: job };
    expectOneAnswer(ended, documentOf(ended, found));
  });
});

const DOCUMENTS: readonly (readonly [string, JobRecord | undefined])[] = [
  ['no document', undefined],
  ['a claim', claim],
  ['a claim whose create was sent', sending],
  ['a task', { ...sending, task: submitted.task }],
  ['an adopted task', { ...claim, task: adopted }],
];

const STATE_INPUTS = [
  [STATES.taskGiven, execution.input],
  [STATES.submitTask, execution.input],
  [STATES.adoptTask, { task_id: '42' }],
  [STATES.wait, submitted],
  [STATES.copyVideo, checked],
  [STATES.videoReady, { ...checked, video, finished_at: after(300).toISOString() }],
] as const;

describe.each(['ABORTED', 'TIMED_OUT'] as const)('a video whose execution is %s', (status) => {
  describe.each(DOCUMENTS)('beside %s', (_what, found) => {
    test.each(STATE_INPUTS)('has one answer: %s', (stateName, stateInput) => {
      const ended: Ended = { ...execution, status, stateName, stateInput };
      expectOneAnswer(ended, documentOf(ended, found));
    });
  });

  test.each<[string, JobRecord, object]>([
    ['a task', sending, { task: submitted.task }],
    ['that its create was not accepted', sending, { attempt }],
  ])('has one answer after a late function has written down %s', (_what, found, late) => {
    const ended: Ended = { ...execution, status, stateName: STATES.submitTask, stateInput: execution.input };
    const document = { ...documentOf(ended, found), ...late };
    expect(document).not.toEqual(documentOf(ended, found));
    expectOneAnswer(ended, document);
  });
});

test.each<[string, unknown, JobRecord]>([
  ['its request', execution.input, { ...sending, task: submitted.task }],
  ['an adoption', { task_id: '42', metadata: { order: 18 } }, { ...claim, task: adopted }],
  ['a task that the sweep has taken over', { task_id: '42', takes_over: '"v"' }, { ...claim, task: adopted }],
])('a video that is stored has one answer: started with %s', (_what, input, found) => {
  const output = { ...checked, video, finished_at: after(300).toISOString() };
  const ended: Ended = { ...execution, input, status: 'SUCCEEDED', output };
  expectOneAnswer(ended, documentOf(ended, found));
});

test.each<[string, unknown]>([
  ['a list', []],
  ['an object without a field of a request', { error: 'its own' }],
  ['metadata that are a list', { ...plain, metadata: [1] }],
  ['an image', { ...plain, media_inputs: [{ value: 'data:image/png;base64,AAAA' }] }],
  [
    'links with a user and a query',
    { ...plain, metadata: { a: 'https://a:b@c/d?e=f' }, x: 'https://a:b@c/d?e=f' },
  ],
])('an input that was started in the console has one answer: %s', (_what, input) => {
  for (const status of ['ABORTED', 'TIMED_OUT'] as const) {
    const ended: Ended = { ...execution, input, status, stateName: STATES.taskGiven, stateInput: input };
    expectOneAnswer(ended, documentOf(ended));
  }
});

test.each<[string, unknown]>([
  ['a text', 'hello'],
  ['null', null],
  ['more than a document may hold', { ...request, more: 'x'.repeat(250_000) }],
])('an input that a document does not show leaves the answer to Step Functions: %s', (_what, input) => {
  const ended: Ended = {
    ...execution,
    input,
    status: 'ABORTED',
    stateName: STATES.taskGiven,
    stateInput: input,
  };
  expect(isComplete(documentOf(ended))).toBe(false);
});
