/*
 * The whole state graph: first the states, then the arrows between them, then the retries and catches. The file, and `createStates` in
 * it, are longer than others because the graph reads best in one place.
 */
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  LogLevel,
  Pass,
  QueryLanguage,
  StateMachine,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RetryableName } from '../lambdas/core/download/retryable.ts';
import { type FailureName, INCONCLUSIVE_QUERY, NOT_ACCEPTED } from '../lambdas/core/failure.ts';
import { CLAIMING_FIELDS } from '../lambdas/core/minimax/request-kind.ts';
import type { TaskStatus } from '../lambdas/core/minimax/status.ts';
import { NEVER_INVOKED } from '../lambdas/core/record-failure/classify.ts';
import { OUTCOME_UNDELIVERED } from '../lambdas/core/record-failure/outcome.ts';
import { CAUGHT_STEPS, type CaughtStep, STATES } from '../lambdas/core/states.ts';
import { acknowledgeDependencies, acknowledgeWildcard } from './nag.ts';
import { toVendedLogName } from './naming.ts';
import {
  AWS_RETRY,
  COPY_RETRY,
  EXECUTION_TIMEOUT_MARGIN,
  LAMBDA_ERRORS,
  pollingRetry,
  RESUME_RETRY,
  SUBMIT_RETRY,
} from './retry-policies.ts';
import { callbackStrategy, pollingStrategy, type WaitStrategy } from './wait-strategy.ts';
import { ENDED_JOB, FAILED_STEP_INPUT, NEW_JOB, REJECTED_INPUT } from './workflow-payloads.ts';
import { createStep } from './workflow-step.ts';

type StepName = CaughtStep | 'recordFailure' | 'videoFailed';

export interface WorkflowProps {
  readonly functions: Readonly<Record<StepName, LambdaFunction>> & {
    /** Stores the task token of a wait, so that a callback can end it. @default the workflow polls only */
    readonly waitForCallback?: LambdaFunction;
  };
  readonly pollSeconds: number;
  readonly giveUpAfter: Duration;
}

type States = ReturnType<typeof createStates>;

const STATUS_PATH = '$.check.status';
const ERROR_PATH = '$.error';

const RECORD_RETRYABLE: readonly FailureName[] = ['StorageUnavailable'];
const COPY_RETRYABLE: readonly (FailureName | RetryableName)[] = [
  'VideoUnreachable',
  'VideoNotPlayable',
  'LinkNotAllowed',
  'StorageUnavailable',
];
const COPY_RESUMABLE: readonly RetryableName[] = ['VideoUnfinished'];
/** Errors of the function itself. It reports every other error, on purpose, as the failure of the execution. */
const VIDEO_FAILED_RETRYABLE: readonly string[] = [...LAMBDA_ERRORS, OUTCOME_UNDELIVERED];

/** The state machine: submit, wait and check, copy. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { functions, giveUpAfter } = props;
    const states = createStates(this, functions);
    const { checkTask } = states;
    connect(
      states,
      functions.waitForCallback === undefined
        ? pollingStrategy(this, checkTask)
        : callbackStrategy(this, checkTask, functions.waitForCallback),
    );
    addRetries(states, props);
    addCatches(states);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSON_PATH,
      comment: 'Makes one video from a MiniMax template: submit, wait and check, copy.',
      definitionBody: DefinitionBody.fromChainable(states.taskGiven),
      timeout: giveUpAfter.plus(EXECUTION_TIMEOUT_MARGIN),
      tracingEnabled: true,
      // The history has inputs and outputs for 90 days. In the log they would repeat callers' texts and links, four times as many bytes.
      logs: { level: LogLevel.ALL, includeExecutionData: false, destination: this.executionLog() },
    });
    const reason = 'Log delivery and X-Ray are granted for the resource * only.';
    acknowledgeWildcard(this.stateMachine.role, '*', reason);
    acknowledgeDependencies(this.stateMachine);
  }

  private executionLog(): LogGroup {
    return new LogGroup(this, 'ExecutionLog', {
      logGroupName: toVendedLogName('states', this),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/**
 * The states. `Video failed` is a function with a task token instead of a Fail state, because a redrive starts at the state that
 * failed: a Fail state can only fail again, but the function lets a job that has a task continue.
 */
function createStates(scope: Construct, functions: WorkflowProps['functions']) {
  return {
    taskGiven: new Choice(scope, 'TaskGiven', {
      stateName: STATES.taskGiven,
      comment: `A request with a task_id adopts a task that exists at MiniMax. One with a ${CLAIMING_FIELDS.join(' or ')} is a new task.`,
    }),
    rejectInput: new Pass(scope, 'RejectInput', {
      stateName: STATES.rejectInput,
      comment: 'Wraps an input that is no request, so that an error can be added to it.',
      parameters: REJECTED_INPUT,
    }),
    submitTask: createStep(scope, 'SubmitTask', functions.submitTask, {
      stateName: STATES.submitTask,
      comment:
        'Claims the video and sends its one create call. A create costs money: one with an unknown outcome is not repeated.',
      payload: functions.waitForCallback === undefined ? NEW_JOB : { ...NEW_JOB, callbacks_supported: true },
    }),
    adoptTask: createStep(scope, 'AdoptTask', functions.adoptTask, {
      stateName: STATES.adoptTask,
      comment: 'Follows a task that exists already. Nothing is submitted.',
      payload: NEW_JOB,
    }),
    checkTask: createStep(scope, 'CheckTask', functions.checkTask, {
      stateName: STATES.checkTask,
      comment: 'Asks MiniMax once for the status of the task.',
    }),
    finished: new Choice(scope, 'Finished', {
      stateName: STATES.finished,
      comment: 'Continues to wait unless MiniMax itself reports a success or a failure.',
    }),
    copyVideo: createStep(scope, 'CopyVideo', functions.copyVideo, {
      stateName: STATES.copyVideo,
      comment: 'Asks MiniMax for a fresh link and streams the file into the bucket.',
    }),
    recordFailure: createStep(scope, 'RecordFailure', functions.recordFailure, {
      stateName: STATES.recordFailure,
      comment: 'Gives the failure its name and one plain cause: what happened, what it cost, what to do.',
      payload: FAILED_STEP_INPUT,
    }),
    videoReady: new Succeed(scope, 'VideoReady', {
      stateName: STATES.videoReady,
      comment: 'The video is in the bucket.',
    }),
    videoFailed: createStep(scope, 'VideoFailed', functions.videoFailed, {
      stateName: STATES.videoFailed,
      comment:
        'Fails the execution with the recorded name and cause. After a redrive, a job that has a task continues with it.',
      payload: ENDED_JOB,
      waitsForToken: true,
    }),
    failExecution: new Fail(scope, 'FailExecution', {
      stateName: STATES.failExecution,
      comment:
        'Fails the execution with the same name and cause when Video failed could not run. A redrive has nothing to continue.',
      errorPath: '$.error.Error',
      causePath: '$.error.Cause',
    }),
  } as const;
}

function connect(states: States, { entry, loopBack }: WaitStrategy): void {
  const { taskGiven, rejectInput, submitTask, adoptTask, checkTask, finished } = states;
  const { copyVideo, videoReady, recordFailure, videoFailed } = states;
  taskGiven.when(Condition.isPresent('$.task_id'), adoptTask);
  for (const field of CLAIMING_FIELDS) taskGiven.when(Condition.isPresent(`$.${field}`), submitTask);
  taskGiven.otherwise(rejectInput);
  rejectInput.next(recordFailure);
  submitTask.next(entry);
  adoptTask.next(checkTask);
  checkTask.next(finished);
  finished
    .when(Condition.stringEquals(STATUS_PATH, 'succeeded' satisfies TaskStatus), copyVideo)
    .when(Condition.stringEquals(STATUS_PATH, 'failed' satisfies TaskStatus), recordFailure);
  loopBack(finished);
  copyVideo.next(videoReady);
  recordFailure.next(videoFailed);
  videoFailed.next(checkTask);
}

function addRetries(states: States, { pollSeconds, giveUpAfter }: WorkflowProps): void {
  const { submitTask, adoptTask, checkTask, copyVideo, recordFailure, videoFailed } = states;
  submitTask.addRetry({ errors: [...NOT_ACCEPTED, NEVER_INVOKED], ...SUBMIT_RETRY });
  adoptTask.addRetry({ errors: [...RECORD_RETRYABLE, ...LAMBDA_ERRORS], ...AWS_RETRY });
  checkTask.addRetry({
    errors: [...INCONCLUSIVE_QUERY, ...LAMBDA_ERRORS],
    ...pollingRetry(pollSeconds, giveUpAfter),
  });
  copyVideo.addRetry({ errors: [...COPY_RESUMABLE], ...RESUME_RETRY });
  copyVideo.addRetry({ errors: [...COPY_RETRYABLE, ...INCONCLUSIVE_QUERY, ...LAMBDA_ERRORS], ...COPY_RETRY });
  recordFailure.addRetry({ errors: [...RECORD_RETRYABLE, ...LAMBDA_ERRORS], ...AWS_RETRY });
  videoFailed.addRetry({ errors: [...VIDEO_FAILED_RETRYABLE], ...AWS_RETRY });
}

function addCatches(states: States): void {
  const { recordFailure, videoFailed, failExecution } = states;
  for (const step of CAUGHT_STEPS) states[step].addCatch(recordFailure, { resultPath: ERROR_PATH });
  recordFailure.addCatch(videoFailed, { resultPath: '$.record_failure' });
  videoFailed.addCatch(failExecution, { errors: [...VIDEO_FAILED_RETRYABLE], resultPath: '$.video_failed' });
}
