import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { versionOf } from '../../../lambdas/core/table/version.ts';
import { after, executionKey, request, submittedJob } from '../../harness/running-job.ts';
import { failedRecord, succeededRecord } from './records.ts';

const { task } = submittedJob;
/** Of a create that was sent, so that its task may come late. */
const attempt = { id: 'a', redrive_count: 0, retry_count: 0, sending_at: after(1).toISOString() };
const claim: JobRecord = { ...executionKey, request, attempt };
const failed = failedRecord(claim);
const redriven = { redrive_count: 1, at: after(400).toISOString() };
const later: JobRecord = { ...claim, created_at: after(3600).toISOString() };
const { status: _status, price: _price, ...ofTheStep } = failed;
const ofDelete = { ...failed, finished_at: after(299).toISOString(), price: undefined };

/** What may be written about one video, each above those before it. */
const ORDER: readonly (readonly [what: string, version: string])[] = [
  ['the claim', versionOf(claim)],
  ['the task', versionOf({ ...claim, task })],
  ['the end as its step writes it', versionOf(ofTheStep)],
  [
    'that end of the step that was repeated',
    versionOf({ ...ofTheStep, finished_at: after(310).toISOString() }),
  ],
  ['that end with a task', versionOf({ ...ofTheStep, task })],
  ['the end as DELETE writes it', versionOf(ofDelete)],
  ['the announced end', versionOf(failed)],
  ['the announced end with a task that came late', versionOf({ ...failed, task })],
  ['the redrive', versionOf({ ...failed, redriven })],
  ['the redrive with a task', versionOf({ ...failed, task, redriven })],
  ['the end of the redrive', versionOf({ ...failed, redrives: 1 })],
  ['the tenth redrive', versionOf({ ...failed, redriven: { ...redriven, redrive_count: 10 } })],
  ['the execution that takes over', versionOf({ ...later, task })],
  ['its end', versionOf(succeededRecord(later))],
];

test.each(
  ORDER.slice(1).map(([what, version], index) => [what, ORDER[index]?.[0], version, ORDER[index]?.[1]]),
)('%s is above %s', (_what, _below, version, lower = '') => {
  expect(version > lower).toBe(true);
});

test('a claim that a redrive has made anew is above the end before it', () => {
  const anew = { ...claim, attempt: { ...attempt, redrive_count: 1 } };
  expect(versionOf(anew) > versionOf({ ...failed, task })).toBe(true);
});

test('one document has one version, however its times are written', () => {
  const spelled = { ...claim, created_at: claim.created_at.replace('.000Z', 'Z') };
  expect(versionOf(spelled)).toBe(versionOf(claim));
});

test('an accepted video is the same to POST and to the claim', () => {
  const { attempt: _attempt, ...accepted } = claim;
  expect(versionOf({ ...accepted, created_at: after(1).toISOString() })).toBe(versionOf(claim));
});

test('an end that says that MiniMax has accepted no create is above one that does not', () => {
  const { sending_at: _sending, ...unsent } = attempt;
  expect(versionOf({ ...failed, attempt: unsent }) > versionOf(failed)).toBe(true);
});
