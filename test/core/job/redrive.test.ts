import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { hasEnded, keptRedrive, withRedrive } from '../../../lambdas/core/job/redrive.ts';
import { after, executionKey, submittedJob } from '../../harness/running-job.ts';

const claim: JobRecord = { ...executionKey, task: submittedJob.task };
const at = after(400).toISOString();

function redrive(redrive_count: number) {
  return { redrive_count, at };
}

function ended(redrives: number | undefined, rest: Partial<JobRecord> = {}): JobRecord {
  return { ...claim, status: 'failed', finished_at: after(300).toISOString(), redrives, ...rest };
}

test.each([
  ['a claim', claim, false],
  ['a claim of a redriven execution', { ...claim, redriven: redrive(1) }, false],
  ['an end', ended(0), true],
  ['an end that a redrive has followed', ended(0, { redriven: redrive(1) }), false],
  ['the end of a step, which a redrive has followed', ended(undefined, { redriven: redrive(1) }), false],
  ['the end of that redrive', ended(1, { redriven: redrive(1) }), true],
  ['the end of a later redrive', ended(2, { redriven: redrive(1) }), true],
  ['the end of an earlier redrive', ended(1, { redriven: redrive(2) }), false],
])('%s: is the video over?', (_what, record, expected) => {
  expect(hasEnded(record)).toBe(expected);
});

const stored = { video: { key: 'videos/v1/video.mp4' } };

/** What is found, which redrive the event is about, and whether it is marked. */
test.each([
  ['a document without an end', claim, 1, true],
  ['an end of an earlier run', ended(0), 1, true],
  ['an end that a step has written', ended(0, { status: undefined }), 1, true],
  ['a stop of an earlier run', ended(0, { status: 'cancelled' }), 1, true],
  ['a stop after the copy', ended(0, { status: 'cancelled', ...stored }), 1, true],
  ['the end of an earlier redrive', ended(1), 2, true],
  ['an end with the mark of an earlier redrive', ended(0, { redriven: redrive(1) }), 2, true],
  ['its own mark', ended(0, { redriven: redrive(1) }), 1, false],
  ['the mark of a later redrive', ended(0, { redriven: redrive(2) }), 1, false],
  ['the end of its own run', ended(1), 1, false],
  ['the end of a later run', ended(2), 1, false],
  ['a video', ended(0, { status: 'succeeded', ...stored }), 1, false],
  ['a copy that is stored, of any run', ended(undefined, { status: undefined, ...stored }), 1, false],
])('the event of a redrive finds %s', (_what, record, count, isMarked) => {
  const marked = isMarked ? { ...record, redriven: redrive(count) } : undefined;
  expect(withRedrive(record, redrive(count))).toEqual(marked);
});

test.each([
  ['the announcer, of an earlier end', ended(0), true],
  ['the announcer, of the end of this redrive', ended(1), false],
  ['the announcer, of a video', ended(0, { status: 'succeeded', ...stored }), false],
  ['DELETE, which has stopped an earlier run', ended(0, { status: 'cancelled' }), true],
  ['DELETE, which has stopped this redrive', ended(1, { status: 'cancelled' }), false],
  ['Copy video', ended(undefined, { status: undefined, ...stored }), false],
  ['Record failure', ended(1, { status: undefined }), false],
])('a mark stays beside a new end: %s', (_who, end, isKept) => {
  const mark = redrive(1);
  expect(keptRedrive({ ...claim, redriven: mark }, end)).toEqual(isKept ? mark : undefined);
  expect(keptRedrive(claim, end)).toBeUndefined();
});
