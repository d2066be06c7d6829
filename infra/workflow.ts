import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type IChainable,
  type INextable,
  IntegrationPattern,
  JsonPath,
  LogLevel,
  Pass,
  QueryLanguage,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { CallbackWait } from '../lambdas/core/callback.ts';
import type { RetryableName } from '../lambdas/core/download/retryable.ts';
import { type FailureName, NO_WORD_OF_TASK, NOT_ACCEPTED } from '../lambdas/core/failure.ts';
import type { NewJob } from '../lambdas/core/job/job.ts';
import { CLAIMING_FIELDS } from '../lambdas/core/minimax/request-kind.ts';
import type { TaskStatus } from '../lambdas/core/minimax/status.ts';
import {
  type FailedStepInput,
  NEVER_INVOKED,
  REFUSED,
  type RefusedInput,
} from '../lambdas/core/record-failure/classify.ts';
import type { EndedJob } from '../lambdas/core/record-failure/outcome.ts';
import { STATES, type StateName } from '../lambdas/core/states.ts';
import { acknowledgeWildcard } from './nag.ts';
import { toVendedLogName } from './naming.ts';
import {
  AWS_PATIENCE,
  COPY_PATIENCE,
  EXECUTION_TIMEOUT_MARGIN,
  LAMBDA_ERRORS,
  pollingPatience,
  RESUME_PATIENCE,
  SUBMIT_PATIENCE,
} from './retry-policies.ts';

interface StepProps {
  readonly stateName: StateName;
  readonly comment: string;
  /** @default the state's whole input */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Whether the step ends when its task token comes back, not when its function returns. @default false */
  readonly waitsForToken?: boolean;
  /** @default a little longer than the function may run */
  readonly timeout?: Timeout;
  /** Where the result is put. @default it replaces the job document */
  readonly resultPath?: string;
}

export interface WorkflowProps {
  readonly functions: Readonly<
    Record<
      'submitTask' | 'adoptTask' | 'checkTask' | 'copyVideo' | 'recordFailure' | 'videoFailed',
      LambdaFunction
    >
  > & {
    /** By which waits can be ended. @default they last as long as they last */
    readonly waitForCallback?: LambdaFunction;
  };
  readonly pollSeconds: number;
  readonly giveUpAfter: Duration;
}

/** What begins when there is something to wait for, and goes on with the next look. */
interface Waiting {
  /** Takes the job after the create. */
  readonly first: IChainable & INextable;
  /** Where `Finished?` goes on for a task that is still running. */
  readonly again: (finished: Choice) => void;
}

const STATUS_PATH = '$.check.status';
const WAIT_PATH = '$.wait_seconds';
/** What has ended a wait before its time. */
const CALLBACK_RESULT_PATH = '$.callback';
const CALLBACKS_ACTIVE_PATH = '$.callbacks.active';
const ERROR_PATH = '$.error';

/** Where each field of a job document comes from. */
type Sources<Job> = Readonly<Record<keyof Job, unknown>>;

const RECORD_AGAIN: readonly FailureName[] = ['StorageUnavailable'];
const COPY_AGAIN: readonly (FailureName | RetryableName)[] = [
  'VideoUnreachable',
  'VideoNotPlayable',
  'LinkNotAllowed',
  'StorageUnavailable',
];
const COPY_ON: readonly RetryableName[] = ['VideoUnfinished'];

/** Step Functions waits a little longer than the function runs, so that Lambda's own verdict comes first. */
const INVOKE_MARGIN = Duration.seconds(30);

const EXECUTION = {
  video_id: JsonPath.stringAt('$$.Execution.Name'),
  created_at: JsonPath.stringAt('$$.Execution.StartTime'),
  execution_arn: JsonPath.stringAt('$$.Execution.Id'),
  redrives: JsonPath.numberAt('$$.Execution.RedriveCount'),
};
const NEW_JOB: Sources<Omit<NewJob, 'callbacks_supported'>> = {
  ...EXECUTION,
  retries: JsonPath.numberAt('$$.State.RetryCount'),
  request: JsonPath.entirePayload,
};
const REFUSED_INPUT: Sources<RefusedInput> = { refused_input: JsonPath.entirePayload, error: REFUSED };
const BROKEN_JOB: Sources<FailedStepInput> = { ...EXECUTION, job: JsonPath.entirePayload };
const ENDED_JOB: Sources<EndedJob> = {
  ...EXECUTION,
  task_token: JsonPath.taskToken,
  job: JsonPath.entirePayload,
};
const CALLBACK_WAIT: Sources<CallbackWait> = {
  video_id: JsonPath.stringAt('$.video_id'),
  task_token: JsonPath.taskToken,
};
/** What can go wrong with `Video failed` itself; any other error is the one that it was to fail with. */
const UNSAID: readonly string[] = [...LAMBDA_ERRORS, 'VerdictUndelivered'];

/** The state machine: submit, wait and check, copy. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { functions, pollSeconds, giveUpAfter } = props;
    const { waitForCallback } = functions;

    const taskGiven = new Choice(this, 'TaskGiven', {
      stateName: STATES.taskGiven,
      comment: `A request with a task_id adopts a task that MiniMax has already; one with a ${CLAIMING_FIELDS.join(' or ')} is a new task.`,
    });
    const refuseInput = new Pass(this, 'RefuseInput', {
      stateName: STATES.refuseInput,
      comment: 'Takes up what is no request and may be no object, so that errors can be added to it.',
      parameters: REFUSED_INPUT,
    });
    const submitTask = this.step('SubmitTask', functions.submitTask, {
      stateName: STATES.submitTask,
      comment:
        'Claims the video and sends its one create call. It costs money, so nothing with an unknown outcome is repeated.',
      payload: waitForCallback === undefined ? NEW_JOB : { ...NEW_JOB, callbacks_supported: true },
    });
    const adoptTask = this.step('AdoptTask', functions.adoptTask, {
      stateName: STATES.adoptTask,
      comment: 'Takes up a task that exists already. Nothing is submitted.',
      payload: NEW_JOB,
    });
    const checkTask = this.step('CheckTask', functions.checkTask, {
      stateName: STATES.checkTask,
      comment: 'Asks MiniMax once how the task is doing.',
    });
    const finished = new Choice(this, 'Finished', {
      stateName: STATES.finished,
      comment: 'Only what MiniMax itself calls a success or a failure ends the waiting.',
    });
    const copyVideo = this.step('CopyVideo', functions.copyVideo, {
      stateName: STATES.copyVideo,
      comment: 'Asks MiniMax for a fresh link and streams the file into the bucket.',
    });
    const recordFailure = this.step('RecordFailure', functions.recordFailure, {
      stateName: STATES.recordFailure,
      comment: 'Gives the failure its name and one plain cause: what happened, what it cost, what to do.',
      payload: BROKEN_JOB,
    });
    const videoReady = new Succeed(this, 'VideoReady', {
      stateName: STATES.videoReady,
      comment: 'The video is in the bucket.',
    });
    const videoFailed = this.step('VideoFailed', functions.videoFailed, {
      stateName: STATES.videoFailed,
      comment:
        'Fails the execution with the name and the cause on the card. Redriven, a job that has a task goes on with it.',
      payload: ENDED_JOB,
      waitsForToken: true,
    });
    const failExecution = new Fail(this, 'FailExecution', {
      stateName: STATES.failExecution,
      comment: 'Where Video failed could not run: the same name and cause, but nothing is left to redrive.',
      errorPath: '$.error.Error',
      causePath: '$.error.Cause',
    });

    taskGiven.when(Condition.isPresent('$.task_id'), adoptTask);
    for (const field of CLAIMING_FIELDS) taskGiven.when(Condition.isPresent(`$.${field}`), submitTask);
    taskGiven.otherwise(refuseInput);
    refuseInput.next(recordFailure);
    const waiting =
      waitForCallback === undefined
        ? this.plainWaiting(checkTask)
        : this.callbackWaiting(waitForCallback, checkTask);
    submitTask.next(waiting.first);
    adoptTask.next(checkTask);
    checkTask.next(finished);
    finished
      .when(Condition.stringEquals(STATUS_PATH, 'succeeded' satisfies TaskStatus), copyVideo)
      .when(Condition.stringEquals(STATUS_PATH, 'failed' satisfies TaskStatus), recordFailure);
    waiting.again(finished);
    copyVideo.next(videoReady);
    recordFailure.next(videoFailed);
    videoFailed.next(checkTask);

    submitTask.addRetry({ errors: [...NOT_ACCEPTED, NEVER_INVOKED], ...SUBMIT_PATIENCE });
    adoptTask.addRetry({ errors: [...RECORD_AGAIN, ...LAMBDA_ERRORS], ...AWS_PATIENCE });
    checkTask.addRetry({
      errors: [...NO_WORD_OF_TASK, ...LAMBDA_ERRORS],
      ...pollingPatience(pollSeconds, giveUpAfter),
    });
    copyVideo.addRetry({ errors: [...COPY_ON], ...RESUME_PATIENCE });
    copyVideo.addRetry({ errors: [...COPY_AGAIN, ...NO_WORD_OF_TASK, ...LAMBDA_ERRORS], ...COPY_PATIENCE });
    recordFailure.addRetry({ errors: [...RECORD_AGAIN, ...LAMBDA_ERRORS], ...AWS_PATIENCE });
    videoFailed.addRetry({ errors: [...UNSAID], ...AWS_PATIENCE });

    for (const step of [submitTask, adoptTask, checkTask, copyVideo])
      step.addCatch(recordFailure, { resultPath: ERROR_PATH });
    recordFailure.addCatch(videoFailed, { resultPath: '$.record_failure' });
    videoFailed.addCatch(failExecution, { errors: [...UNSAID], resultPath: '$.video_failed' });

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSON_PATH,
      comment: 'Makes one video from a MiniMax template: submit, wait and check, copy.',
      definitionBody: DefinitionBody.fromChainable(taskGiven),
      timeout: giveUpAfter.plus(EXECUTION_TIMEOUT_MARGIN),
      tracingEnabled: true,
      logs: { level: LogLevel.ALL, includeExecutionData: false, destination: this.executionLog() },
    });
    acknowledgeWildcard(
      this.stateMachine.role,
      '*',
      'Log delivery and X-Ray are granted for the resource * only.',
    );
  }

  private plainWaiting(checkTask: LambdaInvoke): Waiting {
    const wait = this.plainWait(checkTask);
    return { first: wait, again: (finished) => finished.otherwise(wait) };
  }

  private plainWait(checkTask: LambdaInvoke): Wait {
    const wait = new Wait(this, 'Wait', {
      stateName: STATES.wait,
      time: WaitTime.secondsPath(WAIT_PATH),
      comment: 'Waits `wait_seconds`, set by the previous step.',
    });
    wait.next(checkTask);
    return wait;
  }

  /**
   * Waits for a task token, which its function keeps for the one that receives a callback. An error ends the wait early; `Check task`
   * is told of it, and the video is polled from then on. Behind the create there is no integration with an AWS SDK: one whose
   * parameters Step Functions does not know ends an execution with an error that nothing can catch.
   */
  private callbackWaiting(waitForCallback: LambdaFunction, checkTask: LambdaInvoke): Waiting {
    const wait = this.step('WaitForCallback', waitForCallback, {
      stateName: STATES.waitForCallback,
      comment:
        'Until MiniMax calls, or `wait_seconds`, set by the previous step: to run out of time is no error here.',
      payload: CALLBACK_WAIT,
      waitsForToken: true,
      timeout: Timeout.at(WAIT_PATH),
      resultPath: CALLBACK_RESULT_PATH,
    });
    wait.addCatch(checkTask, { errors: ['States.Timeout'], resultPath: JsonPath.DISCARD });
    wait.addCatch(checkTask, { resultPath: CALLBACK_RESULT_PATH });
    wait.next(checkTask);
    const plainWait = this.plainWait(checkTask);
    const hasCallbacks = Condition.and(
      Condition.isPresent(CALLBACKS_ACTIVE_PATH),
      Condition.booleanEquals(CALLBACKS_ACTIVE_PATH, true),
    );
    return {
      first: wait,
      again: (finished) => finished.when(hasCallbacks, wait).otherwise(plainWait),
    };
  }

  /** A task state that hands the job document to its function and takes it back. */
  private step(id: string, lambdaFunction: LambdaFunction, props: StepProps): LambdaInvoke {
    const { payload, waitsForToken = false, timeout, ...rest } = props;
    return new LambdaInvoke(this, id, {
      ...rest,
      lambdaFunction,
      ...(waitsForToken
        ? { integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN }
        : { payloadResponseOnly: true }),
      retryOnServiceExceptions: false,
      taskTimeout: timeout ?? Timeout.duration(lambdaFunction.timeout?.plus(INVOKE_MARGIN) ?? INVOKE_MARGIN),
      ...(payload === undefined ? {} : { payload: TaskInput.fromObject(payload) }),
    });
  }

  private executionLog(): LogGroup {
    return new LogGroup(this, 'ExecutionLog', {
      logGroupName: toVendedLogName('states', this),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
