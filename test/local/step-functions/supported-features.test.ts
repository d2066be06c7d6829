import { expect, test } from 'vitest';
import { assertSupportedFeatures } from '../../../local/step-functions/supported-features.ts';

const RESOURCE = 'arn:aws:lambda:us-east-1:000000000000:function:CheckTask';
const TASK = { Type: 'Task', Resource: RESOURCE, TimeoutSeconds: 30, End: true };

function machine(state: object, fields: object = {}): Readonly<Record<string, unknown>> {
  return { StartAt: 'It', States: { It: state }, ...fields };
}

test.each([
  [TASK],
  [
    {
      ...TASK,
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: RESOURCE, Payload: { 'token.$': '$$.Task.Token' } },
    },
  ],
  [{ ...TASK, Parameters: { deep: [{ 'at.$': '$$.State.EnteredTime', 'tries.$': '$$.State.RetryCount' }] } }],
  [{ ...TASK, Parameters: { 'name.$': '$$.Execution.Name', 'id.$': 'States.UUID()', 'a.$': '$.b' } }],
  [
    {
      ...TASK,
      Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'It' }],
    },
  ],
  [{ Type: 'Wait', SecondsPath: '$.wait', Next: 'It', Comment: 'Not a $$.State.Name' }],
  [
    {
      Type: 'Choice',
      Choices: [
        {
          Or: [{ Variable: '$.a', IsPresent: true }, { Not: { Variable: '$.b', StringEqualsPath: '$.c' } }],
          Next: 'It',
        },
      ],
    },
  ],
])('lets the engine run %j', (state) => {
  expect(() => assertSupportedFeatures(machine(state))).not.toThrow();
});

test.each([
  [{ ...TASK, HeartbeatSeconds: 5 }, 'HeartbeatSeconds in the state "It"'],
  [{ ...TASK, Credentials: {} }, 'Credentials in the state "It"'],
  [{ ...TASK, Assign: {} }, 'Assign in the state "It"'],
  [
    { ...TASK, Resource: 'arn:aws:states:::s3:putObject.waitForTaskToken' },
    'Resource arn:aws:states:::s3:putObject.waitForTaskToken',
  ],
  [
    { ...TASK, Resource: 'arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken' },
    'Resource arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken',
  ],
  [{ Type: 'Task', Resource: RESOURCE, End: true }, 'a Task without TimeoutSeconds'],
  [{ ...TASK, Parameters: { 'item.$': '$$.Map.Item.Index' } }, '$$.Map.Item.Index'],
  [{ ...TASK, ResultSelector: { 'at.$': '$$.State.EnteredTime' } }, '$$.State.EnteredTime'],
  [{ ...TASK, Parameters: { 'in.$': '$$.Execution.Input' } }, '$$.Execution.Input'],
  [{ Type: 'Wait', SecondsPath: '$.waits[0]', Next: 'It' }, 'SecondsPath $.waits[0] in the state "It"'],
  [{ ...TASK, Parameters: { 'x.$': 'States.Invent($.a)' } }, 'States.Invent'],
  [{ ...TASK, Retry: [{ ErrorEquals: ['X'], Patience: 1 }] }, 'Patience in a Retry of the state "It"'],
  [{ ...TASK, Parameters: { 'x.$': "States.Format('{}', $$.State.Name)" } }, '$$.State.Name'],
  [{ ...TASK, Parameters: { 'x.$': "States.Format('{}', States.Invent($.a))" } }, 'States.Invent'],
  [
    { Type: 'Choice', Choices: [{ Variable: '$.a', NumericFoo: 1, Next: 'It' }] },
    'NumericFoo in a rule of the state "It"',
  ],
  [
    { Type: 'Choice', Choices: [{ And: [{ Condition: '{% x %}' }], Next: 'It' }] },
    'Condition in a rule of the state "It"',
  ],
  [{ Type: 'Choice', Choices: [{ Not: { Assign: {} }, Next: 'It' }] }, 'Assign in a rule of the state "It"'],
  [{ Type: 'Map', End: true }, 'Type Map in the state "It"'],
])('refuses %j by name', (state, feature) => {
  expect(() => assertSupportedFeatures(machine(state))).toThrow(feature);
});

test('refuses JSONata and names everything that it refuses at once', () => {
  expect(() =>
    assertSupportedFeatures(
      machine({ ...TASK, HeartbeatSeconds: 5, Assign: {} }, { QueryLanguage: 'JSONata' }),
    ),
  ).toThrow(
    'The embedded engine does not know: QueryLanguage JSONata in the definition; HeartbeatSeconds in the state "It"; Assign in the state "It".',
  );
});
