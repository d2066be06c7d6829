import * as z from 'zod/mini';
import { plain, printable } from './text/plain.ts';

export const MONEY_SPENT = ['no', 'maybe', 'yes'] as const;

/** Whether MiniMax has charged, or will charge, for a video. */
export type MoneySpent = (typeof MONEY_SPENT)[number];

export const RETRY_KINDS = ['same_key', 'new_request', 'adopt', 'never'] as const;

/**
 * What a program may do after a failure: repeat the request with its `Idempotency-Key`, send a new request, adopt the task, or
 * nothing until a person has checked.
 */
export type RetryKind = (typeof RETRY_KINDS)[number];

export interface FailureMeaning {
  readonly title: string;
  readonly moneySpent: MoneySpent;
  readonly retry: RetryKind;
  readonly advice: string;
  /** The advice where a task exists. @default to adopt the task where `moneySpent` is 'no', else `advice` */
  readonly adviceWithTask?: string;
  /** What a program may do where a task exists. @default 'adopt' */
  readonly retryWithTask?: RetryKind;
}

/** Every way a video can fail. The workflow's retries and the operator's alarms use these names. */
export const FAILURES = {
  InvalidRequest: {
    title: 'The request is wrong',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Correct the request and send it as a new request.',
    adviceWithTask:
      'Do not send the request again. Ask MiniMax why it does not know the task, then adopt it.',
  },
  ContentRejected: {
    title: 'MiniMax judged the content sensitive',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Change the image or the text and send a new request.',
    adviceWithTask: 'Change the image or the text and send a new request. The new request is charged again.',
    retryWithTask: 'new_request',
  },
  ApiKeyRejected: {
    title: 'The MiniMax key is missing or rejected',
    moneySpent: 'no',
    retry: 'new_request',
    advice:
      'Store a valid key for the region of the host in the Secrets Manager secret, then send a new request.',
    adviceWithTask:
      'Store a valid key of the same account and region in the Secrets Manager secret, then adopt the task. Do not send the request again.',
  },
  InsufficientBalance: {
    title: 'The MiniMax account has no balance',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Top up the MiniMax account, then send a new request.',
  },
  QuotaExhausted: {
    title: "The MiniMax plan's quota is used up",
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Wait for the quota to renew or enlarge the plan, then send a new request.',
  },
  MiniMaxBusy: {
    title: 'MiniMax accepted no more requests',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Send a new request later.',
  },
  MiniMaxUnreachable: {
    title: 'MiniMax could not be reached',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Check that the host is correct and reachable from the service, then send a new request.',
    adviceWithTask: 'Adopt the task when MiniMax can be reached again. Do not send the request again.',
  },
  MiniMaxUnavailable: {
    title: 'MiniMax gave no usable answer about the task',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task when MiniMax answers again.',
  },
  SubmitOutcomeUnknown: {
    title: 'It is unknown whether MiniMax accepted the task',
    moneySpent: 'maybe',
    retry: 'never',
    advice:
      'Check the MiniMax account for the task before sending the request again. If the task exists, adopt it.',
    adviceWithTask: 'Adopt the task instead of sending the request again.',
  },
  MiniMaxRefused: {
    title: 'MiniMax rejected the task',
    moneySpent: 'no',
    retry: 'never',
    advice:
      "Find the code in MiniMax's documentation, or ask MiniMax support. If a gateway answered, ask its operator.",
  },
  GenerationFailed: {
    title: 'MiniMax could not make the video',
    moneySpent: 'maybe',
    retry: 'new_request',
    advice:
      'Try another image or text. The new request is charged again. Ask MiniMax whether the failed task is charged.',
    retryWithTask: 'new_request',
  },
  GaveUpWaiting: {
    title: 'MiniMax did not finish in time',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task later. It may still finish.',
  },
  VideoUnreachable: {
    title: 'The finished video could not be downloaded',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task to try the download again. MiniMax keeps a finished video for hours only.',
  },
  VideoRejected: {
    title: 'The file that MiniMax offered is not an acceptable video',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task to try again, or ask MiniMax support.',
  },
  StorageUnavailable: {
    title: 'The bucket could not be read or written',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Fix the bucket or its permissions, then send a new request.',
    adviceWithTask:
      'Fix the bucket or its permissions, then adopt the task. MiniMax keeps a finished video for hours only.',
  },
  VideoExistsAlready: {
    title: 'Another execution already makes this video',
    moneySpent: 'no',
    retry: 'same_key',
    advice: 'To see the video, GET it, or send the request again with the same Idempotency-Key.',
  },
} as const satisfies Readonly<Record<string, FailureMeaning>>;

export type FailureName = keyof typeof FAILURES;

/** Failures of `Submit task` after which MiniMax has certainly accepted nothing. Another create may be sent. */
export const NOT_ACCEPTED: readonly FailureName[] = [
  'MiniMaxBusy',
  'MiniMaxUnreachable',
  'StorageUnavailable',
];

/** Failures of a query that say nothing about the task. The query is repeated. */
export const INCONCLUSIVE_QUERY: readonly FailureName[] = [
  'MiniMaxUnavailable',
  'MiniMaxBusy',
  'MiniMaxUnreachable',
];

/** Is this the name of a failure? */
export function isFailureName(name: string): name is FailureName {
  return Object.hasOwn(FAILURES, name);
}

/** A failure that a Retry of the workflow, or `Record failure`, handles by its name. */
export class Failure extends Error {
  override readonly name: FailureName;
  /** The task id in a response of MiniMax that reports an error. */
  readonly taskId: string | undefined;

  /** @param description one sentence without the key, a link or a stack. Its printable part becomes the execution's cause. */
  constructor(
    name: FailureName,
    description: string,
    { taskId, ...options }: ErrorOptions & { readonly taskId?: string } = {},
  ) {
    super(printable(description), options);
    this.name = name;
    this.taskId = taskId;
  }
}

/** How to adopt an existing task. Adopting submits nothing. */
export function howToAdopt(taskId: string, kind?: string): string {
  // The input of an execution that was started in the console may have any text here.
  const task = `with task_id "${plain(taskId)}"`;
  const fields = kind === undefined ? `${task} as the only field` : `${task} and kind "${kind}"`;
  return `To adopt: POST /videos, or start an execution, ${fields}.`;
}

const lambdaErrorSchema = z.object({ errorMessage: z.string() });

/** The message in a Lambda's error, which is JSON with `errorType`, `errorMessage` and a stack. Any other cause is text. */
export function errorMessageOf(cause: string): string {
  try {
    return lambdaErrorSchema.safeParse(JSON.parse(cause)).data?.errorMessage ?? '';
  } catch {
    return cause;
  }
}
