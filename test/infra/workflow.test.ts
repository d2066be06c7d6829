import validateAsl from 'asl-validator';
import { expect, test } from 'vitest';
import { appWith, definitionOf, functionOf, resolvedTemplateOf } from '../harness/synthesized.ts';

const app = appWith();
const template = resolvedTemplateOf(app);
const [machine] = template.resources('AWS::StepFunctions::StateMachine').values();
const definition = definitionOf(template);
const slowDefinition = definitionOf(
  resolvedTemplateOf(appWith({ context: { pollSeconds: 60, giveUpAfterHours: 48 } })),
);
const steps = Object.entries(definition.States);
const tasks = steps.filter(([, { Type }]) => Type === 'Task');

/** On purpose a second list, apart from that of `infra/retry-policies.ts`: an error that is dropped there fails here. */
const LAMBDA_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Sandbox.Failure',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Runtime.Unknown',
  'Extension.Crash',
  'States.Timeout',
];
/** What can go wrong when a video's failure is reported. */
const VIDEO_FAILED_RETRYABLE = [...LAMBDA_ERRORS, 'OutcomeUndelivered'];

test('is a valid Standard workflow in JSONPath, traced and logged in full', () => {
  expect(validateAsl(structuredClone(definition)).errorsText()).toBe('');
  expect(machine).toMatchObject({
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
  });
  expect(definition).toMatchObject({ QueryLanguage: 'JSONPath' });
});

test('has these states, each with a comment for the console', () => {
  expect(Object.fromEntries(steps.map(([name, { Type }]) => [name, Type]))).toEqual({
    'Task given?': 'Choice',
    'Reject input': 'Pass',
    'Submit task': 'Task',
    'Adopt task': 'Task',
    Wait: 'Wait',
    'Check task': 'Task',
    'Finished?': 'Choice',
    'Copy video': 'Task',
    'Record failure': 'Task',
    'Video ready': 'Succeed',
    'Video failed': 'Task',
    'Fail execution': 'Fail',
  });
  expect(steps.filter(([, { Comment = '' }]) => Comment === '')).toEqual([]);
});

test('repeats exactly these errors, and of a create none whose outcome is unknown', () => {
  const repeated = tasks.map(([name, { Retry = [] }]) => [
    name,
    Retry.flatMap(({ ErrorEquals }) => ErrorEquals),
  ]);
  expect(Object.fromEntries(repeated)).toEqual({
    'Submit task': [
      'MiniMaxBusy',
      'MiniMaxUnreachable',
      'StorageUnavailable',
      'Lambda.TooManyRequestsException',
    ],
    'Adopt task': ['StorageUnavailable', ...LAMBDA_ERRORS],
    'Check task': ['MiniMaxUnavailable', 'MiniMaxBusy', 'MiniMaxUnreachable', ...LAMBDA_ERRORS],
    'Copy video': [
      'VideoUnfinished',
      'VideoUnreachable',
      'VideoNotPlayable',
      'LinkNotAllowed',
      'StorageUnavailable',
      'MiniMaxUnavailable',
      'MiniMaxBusy',
      'MiniMaxUnreachable',
      ...LAMBDA_ERRORS,
    ],
    'Record failure': ['StorageUnavailable', ...LAMBDA_ERRORS],
    'Video failed': VIDEO_FAILED_RETRYABLE,
  });
});

test('repeats them at these intervals, with this rate, this longest pause and this count', () => {
  const policies = tasks.map(([name, { Retry = [] }]) => [
    name,
    Retry.map(({ ErrorEquals: _errors, ...times }) => times),
  ]);
  const aws = { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 300, MaxAttempts: 31 };
  expect(Object.fromEntries(policies)).toEqual({
    'Submit task': [
      {
        IntervalSeconds: 10,
        BackoffRate: 1.5,
        MaxDelaySeconds: 300,
        MaxAttempts: 31,
        JitterStrategy: 'FULL',
      },
    ],
    'Adopt task': [aws],
    'Check task': [{ IntervalSeconds: 10, BackoffRate: 1.5, MaxDelaySeconds: 300, MaxAttempts: 118 }],
    'Copy video': [
      { IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 36 },
      { IntervalSeconds: 15, BackoffRate: 2, MaxDelaySeconds: 600, MaxAttempts: 42 },
    ],
    'Record failure': [aws],
    'Video failed': [aws],
  });
});

test('retries a check for as long as its settings say', () => {
  expect(slowDefinition.States['Check task']?.Retry).toMatchObject([
    { IntervalSeconds: 60, MaxDelaySeconds: 300, MaxAttempts: 581 },
  ]);
});

test('records every error of every step', () => {
  const caught = tasks.map(([name, { Catch = [] }]) => [name, Catch]);
  const recorded = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Record failure' }];
  expect(Object.fromEntries(caught)).toEqual({
    'Submit task': recorded,
    'Adopt task': recorded,
    'Check task': recorded,
    'Copy video': recorded,
    'Record failure': [{ ErrorEquals: ['States.ALL'], ResultPath: '$.record_failure', Next: 'Video failed' }],
    'Video failed': [
      { ErrorEquals: VIDEO_FAILED_RETRYABLE, ResultPath: '$.video_failed', Next: 'Fail execution' },
    ],
  });
});

test('passes the execution and the attempt to the first steps', () => {
  for (const name of ['Submit task', 'Adopt task'])
    expect(definition.States[name]?.Parameters).toMatchObject({
      'video_id.$': '$$.Execution.Name',
      'created_at.$': '$$.Execution.StartTime',
      'execution_arn.$': '$$.Execution.Id',
      'redrives.$': '$$.Execution.RedriveCount',
      'retries.$': '$$.State.RetryCount',
      'request.$': '$',
    });
});

test.each([
  ['without callbacks', definition],
  ['with callbacks', definitionOf(resolvedTemplateOf(appWith({ context: { callbacks: true } })))],
])(
  'calls functions and nothing else, whose parameters Step Functions could not know: %s',
  (_how, { States }) => {
    const resources = Object.values(States).flatMap(({ Type, Resource }) =>
      Type === 'Task' ? [Resource] : [],
    );
    expect(resources.length).toBeGreaterThan(5);
    for (const resource of resources)
      expect(resource).toMatch(/^arn:aws:(lambda:.+:function:\w+|states:::lambda:invoke\.waitForTaskToken)$/);
  },
);

test('reports a failure by a task token, so that a redrive starts there and can continue', () => {
  expect(definition.States['Video failed']).toMatchObject({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { Payload: { 'task_token.$': '$$.Task.Token', 'redrives.$': '$$.Execution.RedriveCount' } },
    Next: 'Check task',
  });
});

test('gives each step more time than its function, and the execution more than its waits', () => {
  const functions = template.resources('AWS::Lambda::Function');
  for (const [name, state] of tasks) {
    const timeout = functions.get(functionOf(state).split(':').at(-1) ?? '')?.Timeout;
    expect(state.TimeoutSeconds, name).toBe(Number(timeout) + 30);
  }
  expect(definition.TimeoutSeconds).toBe((9 + 48) * 3600);
});
