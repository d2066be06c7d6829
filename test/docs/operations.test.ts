import { expect, test } from 'vitest';
import { ALARMS } from '../../infra/alarms.ts';
import { OUTPUT_NAMES } from '../../infra/output-names.ts';
import { METRICS } from '../../lambdas/core/completion/metrics.ts';
import { RETRYABLE } from '../../lambdas/core/download/retryable.ts';
import { FAILURES } from '../../lambdas/core/failure.ts';
import { STATES } from '../../lambdas/core/states.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { anchorsOf, inlineCodeOf, readPage } from './markdown.ts';

const page = readPage('docs/operations.md');

test('says on the first page of each alarm what happened and what to do', () => {
  const [firstPage = ''] = page.text.split('\n## ');
  const rows = [...firstPage.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\) \| (.+) \| (.+) \|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(ALARMS));
  const anchors = anchorsOf(page);
  for (const [, , anchor = ''] of rows) expect(anchors.has(anchor), anchor).toBe(true);
});

test('reads outputs that the stack has', () => {
  const outputs = [...page.text.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name);
  expect(outputs.length).toBeGreaterThan(3);
  expect(OUTPUT_NAMES).toEqual(expect.arrayContaining(outputs));
  const template = templateOf(appWith());
  for (const name of outputs) expect(Object.keys(template.findOutputs('*'))).toContain(name);
});

/** Names of AWS and of the example of an own stack. */
const OF_AWS = [
  ...['AccessDeniedException', 'ResourceNotFoundException', 'NoncurrentVersionExpiration'],
  ...['DescribeExecution', 'GetExecutionHistory', 'ListExecutions', 'RedriveExecution', 'StartExecution'],
  ...['GetQueryResults', 'ListStackResources'],
  ...['TableName', 'GlobalSecondaryIndexName', 'ReadThrottleEvents', 'WriteThrottleEvents'],
  ...['TaskFailed', 'TaskStartFailed', 'TaskSubmitFailed', 'TaskSucceeded', 'TaskTimedOut'],
  'VideosStateMachineArn',
];

test('names only errors, alarms, metrics, outputs, functions and settings that exist', () => {
  const known = [
    ...Object.keys(FAILURES),
    ...Object.keys(ALARMS),
    ...Object.keys(METRICS),
    ...OUTPUT_NAMES,
    ...Object.keys(STATES).map((name) => name[0]?.toUpperCase() + name.slice(1)),
    ...Object.keys(RETRYABLE),
    'AnnounceVideo',
    ...OF_AWS,
  ];
  const named = inlineCodeOf(page)
    .map(({ code }) => code)
    .filter((word) => /^[A-Z][a-z]+(?:[A-Z][a-z]+)+$/.test(word));
  expect(named.length).toBeGreaterThan(40);
  expect([...new Set(named.filter((word) => !known.includes(word)))].sort()).toEqual([]);
});
