import { expect, test } from 'vitest';
import { assertSupportedFeatures } from '../../../local/step-functions/supported-features.ts';

const RESOURCE = 'arn:aws:lambda:us-east-1:000000000000:function:CheckTask';
const TASK = { Type: 'Task', Resource: RESOURCE, TimeoutSeconds: 30, End: true };
const TOKEN_TASK = { ...TASK, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' };

function machine(state: object, fields: object = {}): Readonly<Record<string, unknown>> {
  return { StartAt: 'It', States: { It: state }, ...fields };
}

test.each([
  [TASK],
  [{ ...TOKEN_TASK, TimeoutSeconds: undefined, TimeoutSecondsPath: '$.wait' }],
  [{ Type: 'Wait', SecondsPath: '$.wait', Next: 'It' }],
])('accepts %j', (state) => {
  expect(() => assertSupportedFeatures(machine(state))).not.toThrow();
});

const RULE = { Variable: '$.a', IsPresent: true, Next: 'It', Assign: {} };

test.each([
  [{ ...TASK, HeartbeatSeconds: 5 }, 'HeartbeatSeconds in the state "It"'],
  [{ ...TOKEN_TASK, HeartbeatSecondsPath: '$.a' }, 'HeartbeatSecondsPath in the state "It"'],
  [{ ...TASK, Credentials: {} }, 'Credentials in the state "It"'],
  [{ ...TASK, Assign: {} }, 'Assign in the state "It"'],
  [{ Type: 'Choice', Choices: [RULE] }, 'Assign in the state "It"'],
  [{ ...TASK, Catch: [{ ErrorEquals: ['X'], Next: 'It', Assign: {} }] }, 'Assign in the state "It"'],
  [{ ...TASK, Resource: 'arn:aws:states:::s3:putObject' }, 'Resource arn:aws:states:::s3:putObject'],
  [{ Type: 'Task', Resource: RESOURCE, End: true }, 'a Task without a timeout'],
  [{ ...TASK, TimeoutSecondsPath: '$.a' }, 'TimeoutSecondsPath of a function'],
  [{ ...TASK, Parameters: { 'in.$': '$$.Execution.Input' } }, '$$.Execution.Input'],
  [{ Type: 'Wait', SecondsPath: '$.waits[0]', Next: 'It' }, 'SecondsPath $.waits[0] in the state "It"'],
  [{ Type: 'Wait', Seconds: 1, InputPath: '$.a', Next: 'It' }, 'InputPath of a Wait in the state "It"'],
  [{ Type: 'Map', End: true }, 'Type Map in the state "It"'],
])('rejects %j by name', (state, feature) => {
  expect(() => assertSupportedFeatures(machine(state))).toThrow(feature);
});

test('rejects JSONata, and names every unsupported feature at once', () => {
  const state = { ...TASK, HeartbeatSeconds: 5, Assign: {} };
  expect(() => assertSupportedFeatures(machine(state, { QueryLanguage: 'JSONata' }))).toThrow(
    'The embedded engine does not support: QueryLanguage JSONata; Assign in the state "It"; HeartbeatSeconds in the state "It".',
  );
});
