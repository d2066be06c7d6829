import { afterAll, beforeAll, expect, test } from 'vitest';
import { announcedRecord, videoRecord } from '../../lambdas/core/job/record-schema.ts';
import * as storageKeys from '../../lambdas/core/storage-keys.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { appWith, definitionOf, resolvedTemplateOf, templateOf } from '../harness/synthesized.ts';
import { readPage } from './markdown.ts';
import { arrowsOf, drawnArrows } from './state-graph.ts';

const { text, blocks } = readPage('docs/architecture.md');
const withCallbacks = appWith({ context: { callbacks: true } });

test('pictures the state graph as it is', () => {
  expect(drawnArrows(text)).toEqual(arrowsOf(definitionOf(resolvedTemplateOf(appWith()))));
});

test('describes the arrows of the state graph with callbacks', () => {
  const plain = arrowsOf(definitionOf(resolvedTemplateOf(appWith())));
  const arrows = arrowsOf(definitionOf(resolvedTemplateOf(withCallbacks)));
  expect(arrows.filter((arrow) => !plain.includes(arrow))).toEqual([
    'Finished > WaitForCallback',
    'SubmitTask > WaitForCallback',
    'WaitForCallback > CheckTask',
    'WaitForCallback error> CheckTask',
    'WaitForCallback error> CheckTask',
  ]);
  expect(plain.filter((arrow) => !arrows.includes(arrow))).toEqual(['SubmitTask > Wait']);
  expect(text).toContain('`Submit task → Wait for callback → Check task → Finished?`');
});

/** The rows of the table of the bucket: the key, and who writes it. */
const bucketRows = [...text.matchAll(/^\| `((?:videos|uploads)\/[^`]*)` \| ([^|]*) \|/gm)].map(
  ([, key = '', writers = '']) => ({
    key,
    writers: [...writers.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  }),
);

test('lists every key of the bucket', () => {
  const { uploadPrefix, UPLOAD_PREFIX } = storageKeys;
  const keys = Object.entries(storageKeys).flatMap(([name, value]) =>
    name.endsWith('Key') && typeof value === 'function' ? [String(value('{video_id}' as never))] : [],
  );
  expect(bucketRows.map(({ key }) => key).toSorted()).toEqual(
    [...keys, `${UPLOAD_PREFIX}{owner}/`].toSorted(),
  );
  expect(uploadPrefix('owner')).toMatch(/^uploads\/[0-9a-f]+\/$/);
});

test('names the functions that may write each key', () => {
  const policies = Object.entries(templateOf(withCallbacks).findResources('AWS::IAM::Policy'));
  const mayWrite = ({ Action, Resource }: Statement, key: string): boolean =>
    [Action].flat().includes('s3:PutObject') && JSON.stringify(Resource).includes(`"/${key}"`);
  for (const { key, writers } of bucketRows) {
    const resource = key.replace(/\{owner\}\/$/, '*').replace('{video_id}', '*');
    const granted = policies
      .filter(([, { Properties }]) =>
        (Properties.PolicyDocument.Statement as readonly Statement[]).some((each) =>
          mayWrite(each, resource),
        ),
      )
      .map(([logicalId]) => /^TemplateVideo(\w+?)Role/.exec(logicalId)?.[1]);
    expect(writers.toSorted(), key).toEqual(granted.toSorted());
  }
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

test('says which fields an event lacks', () => {
  const [, sentence = ''] = /It lacks\s+([^.]*)\./.exec(text) ?? [];
  const lacking = Object.keys(videoRecord.shape).filter((name) => !(name in announcedRecord.shape));
  expect([...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted()).toEqual(lacking.toSorted());
});

type Json = Readonly<Record<string, unknown>>;

const shown = blocks
  .filter(({ language }) => language === 'json')
  .map(({ text }) => JSON.parse(text) as Json);

/** Their values differ from run to run. Only their types have to be those of the page. */
const OF_A_RUN: readonly string[] = [
  ...['owner', 'id', 'trace_id', 'task_id', 'request_digest', 'node', 'template_video', 'catalogue_read_on'],
  ...['bytes', 'seconds', 'elapsed_seconds', 'delivery_lag_seconds'],
];

/** What a real document has to be like where the page shows this value. */
function like(value: unknown, name = ''): unknown {
  if (OF_A_RUN.includes(name)) return typeof value === 'number' ? expect.any(Number) : expect.any(String);
  if (Array.isArray(value)) return value.map((item) => like(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, like(inner, key)]));
  return typeof value === 'string' ? likeText(value) : value;
}

/** An ellipsis stands for any characters, and one time for another. */
function likeText(value: string): unknown {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
  if (time.test(value)) return expect.stringMatching(time);
  if (!value.includes('…')) return value;
  const parts = value.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return expect.stringMatching(new RegExp(`^${parts.join('.+')}$`));
}

/** The documents that a state has handed on, in the order of the run. */
function outputsOf({ events }: LocalExecution, state: string): readonly Json[] {
  return events
    .filter(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === state)
    .map(({ stateExitedEventDetails }) => JSON.parse(stateExitedEventDetails?.output ?? ''));
}

let running: RunningService;
const unfinished = new Map<string, Promise<unknown>>();
beforeAll(async () => {
  running = await startRunningService({
    // So long that the document is read before the next step changes it.
    pauseMs: 500,
    onEvent({ name }, { type }) {
      if (type === 'WaitStateEntered' && !unfinished.has(name)) unfinished.set(name, running.storedJob(name));
    },
  });
});
afterAll(() => running.stop());

test('shows the job document of each state as the states hand it on', async () => {
  const [input, submitted, firstCheck, stored, claim, end, error] = shown;
  expect(shown).toHaveLength(7);
  const headers = { 'idempotency-key': 'order-17' };
  const request = { ...REQUEST, metadata: { order: 17 } };
  const queries = ['Preparing', 'Processing', 'Success'] as const;
  const execution = await running.run(request, { queries }, headers);

  const lastCheck = {
    wait_seconds: 0,
    check: { ...(firstCheck?.check as Json), status: 'succeeded', minimax_status: 'Success', polls: 3 },
  };
  const checks = outputsOf(execution, 'Check task');
  expect(JSON.parse(execution.input)).toEqual(like(input));
  expect(outputsOf(execution, 'Submit task')).toEqual([like(submitted)]);
  expect(checks).toHaveLength(3);
  expect(checks[0]).toEqual(like({ ...submitted, ...firstCheck }));
  expect(checks[2]).toEqual(like({ ...submitted, ...lastCheck }));
  expect(outputsOf(execution, 'Copy video')).toEqual([like({ ...submitted, ...lastCheck, ...stored })]);

  const { wait_seconds: _wait, ...kept } = submitted ?? {};
  expect(await unfinished.get(execution.name)).toEqual(like({ ...kept, ...claim }));
  const { check } = lastCheck;
  const ended = { ...kept, ...claim, check, video: stored?.video, ...end };
  expect(await running.storedJob(execution.name)).toEqual(like(ended));

  const failed = await running.run(REQUEST, { queries: ['Processing', 'Fail'] });
  expect(await running.storedJob(failed.name)).toMatchObject({ error: like(error) as object });
});
