import { expect, test } from 'vitest';
import { readRules } from '../../../local/template/event-rules.ts';
import { toTemplate } from '../../../local/template/template.ts';

function rulesOf(EventPattern: object) {
  const Properties = { EventPattern, Targets: [{ Arn: 'arn:a' }] };
  return readRules(toTemplate({ Resources: { Rule: { Type: 'AWS::Events::Rule', Properties } } }));
}

test('reads values and numbers that have to be greater', () => {
  const detail = { status: ['RUNNING'], redriveCount: [{ numeric: ['>', 0] }] };
  expect(rulesOf({ source: ['aws.states'], detail })).toEqual([
    {
      pattern: {
        source: ['aws.states'],
        detail: { status: ['RUNNING'], redriveCount: [{ greaterThan: 0 }] },
      },
      functionArns: ['arn:a'],
    },
  ]);
});

test.each([
  [{ prefix: 'a' }],
  [{ numeric: ['>', 0, '<', 5] }],
  [{ numeric: ['>=', 0] }],
  [{ numeric: ['>', '0'] }],
  [{ numeric: ['>', 0], exists: true }],
  [7],
])('rejects the event filter %j by its field', (filter) => {
  expect(() => rulesOf({ detail: { redriveCount: [filter] } })).toThrow(
    `does not support the event filter redriveCount: ${JSON.stringify([filter])}.`,
  );
});
