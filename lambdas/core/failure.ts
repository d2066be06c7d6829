import { plain, printable } from './text/plain.ts';

/** Whether MiniMax has charged, or will charge, for the video of a failed job. */
export type MoneySpent = 'no' | 'maybe' | 'yes';

/**
 * What a machine may do about a failed job: ask again under the same `Idempotency-Key`, send a new request, adopt the task, or
 * nothing before a person has looked.
 */
export type RetryKind = 'same_key' | 'new_request' | 'adopt' | 'never';

export interface Meaning {
  readonly title: string;
  readonly moneySpent: MoneySpent;
  readonly retry: RetryKind;
  readonly advice: string;
  /** The advice once there is a task. @default `advice`, but where that costs nothing, to adopt the task */
  readonly adviceWithTask?: string;
  /** Once there is a task. @default 'adopt' */
  readonly retryWithTask?: RetryKind;
}

/** Every way a video can fail, under the name that the workflow acts on and the operator reads. */
export const FAILURES = {
  InvalidRequest: {
    title: 'The request is wrong',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Correct the request and send it again.',
    adviceWithTask:
      'Do not send the request again: ask MiniMax why it does not know the task, then adopt it.',
  },
  ContentRejected: {
    title: 'MiniMax judged the content sensitive',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Change the image or the text and send a new request.',
    adviceWithTask: 'Change the image or the text and send a new request, which is paid for anew.',
    retryWithTask: 'new_request',
  },
  ApiKeyRejected: {
    title: 'The MiniMax key is missing or refused',
    moneySpent: 'no',
    retry: 'new_request',
    advice:
      'Store a valid key, of the same region as the host, in the Secrets Manager secret, and try again.',
    adviceWithTask:
      'Store a valid key, of the same account and region, in the Secrets Manager secret, and adopt the task; do not send the request again.',
  },
  InsufficientBalance: {
    title: 'The MiniMax account has no balance',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Top up the MiniMax account and send the request again.',
  },
  QuotaExhausted: {
    title: "The MiniMax plan's quota is used up",
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Wait for the quota to renew or enlarge the plan, and send the request again.',
  },
  MiniMaxBusy: {
    title: 'MiniMax took no more requests',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Send the request again later.',
  },
  MiniMaxUnreachable: {
    title: 'MiniMax could not be reached',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Look whether the host is right and can be reached from the service, and send the request again.',
    adviceWithTask: 'Adopt the task when MiniMax can be reached again; do not send the request again.',
  },
  MiniMaxUnavailable: {
    title: 'MiniMax gave no usable answer about the task',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task when MiniMax answers again.',
  },
  SubmitOutcomeUnknown: {
    title: 'Nobody knows whether MiniMax accepted the task',
    moneySpent: 'maybe',
    retry: 'never',
    advice:
      'Look the task up in the MiniMax account before sending the request again; if it is there, adopt it.',
    adviceWithTask: 'Adopt the task instead of sending the request again.',
  },
  MiniMaxRefused: {
    title: 'MiniMax refused the task',
    moneySpent: 'no',
    retry: 'never',
    advice:
      "Look a code up in MiniMax's documentation, or ask their support; where a gateway answered, ask who runs it.",
  },
  GenerationFailed: {
    title: 'MiniMax could not make the video',
    moneySpent: 'maybe',
    retry: 'new_request',
    advice:
      'Try another image or text, which is paid for anew; ask MiniMax whether the failed task is charged.',
    retryWithTask: 'new_request',
  },
  GaveUpWaiting: {
    title: 'MiniMax did not finish in time',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task later: it may still finish.',
  },
  VideoUnreachable: {
    title: 'The finished video could not be downloaded',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task to try the download again; a finished video is kept for hours only.',
  },
  VideoRejected: {
    title: 'What MiniMax offered for download is not an acceptable video',
    moneySpent: 'yes',
    retry: 'adopt',
    advice: 'Adopt the task to look again, or ask MiniMax support.',
  },
  StorageUnavailable: {
    title: 'The bucket could not be read or written',
    moneySpent: 'no',
    retry: 'new_request',
    advice: 'Fix the bucket or its permissions and send a new request.',
    adviceWithTask:
      'Fix the bucket or its permissions and adopt the task; a finished video is kept for hours only.',
  },
  VideoExistsAlready: {
    title: 'Another execution makes this video',
    moneySpent: 'no',
    retry: 'same_key',
    advice: 'GET the video, or send the same request under the same Idempotency-Key, to see it.',
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type FailureName = keyof typeof FAILURES;

/** Failures of `Submit task` after which MiniMax has certainly accepted nothing, so that another create may be sent. */
export const NOT_ACCEPTED: readonly FailureName[] = [
  'MiniMaxBusy',
  'MiniMaxUnreachable',
  'StorageUnavailable',
];

/** Failures of a query that say nothing about the task, so that it is asked about again. */
export const NO_WORD_OF_TASK: readonly FailureName[] = [
  'MiniMaxUnavailable',
  'MiniMaxBusy',
  'MiniMaxUnreachable',
];

/** Is this one of the names that the workflow's errors have? */
export function isFailureName(name: string): name is FailureName {
  return Object.hasOwn(FAILURES, name);
}

/** A failure that somebody acts on by its name: a Retry of the workflow, or `Record failure`. */
export class Failure extends Error {
  override readonly name: FailureName;
  /** The task that MiniMax named although it said that something was wrong. */
  readonly taskId: string | undefined;

  /** @param happened one sentence without the key, a link or a stack: it ends up in the execution's cause, as far as it is printable. */
  constructor(
    name: FailureName,
    happened: string,
    { taskId, ...options }: ErrorOptions & { readonly taskId?: string } = {},
  ) {
    super(printable(happened), options);
    this.name = name;
    this.taskId = taskId;
  }
}

/** How a task that exists is taken up; nothing is submitted for it. @param kind where it is not the default one */
export function howToAdopt(taskId: string, kind?: string): string {
  // In the input of an execution that was started in the console, it may be anything.
  const task = `with task_id "${plain(taskId)}"`;
  const fields = kind === undefined ? `${task} as the only field` : `${task} and kind "${kind}"`;
  return `To adopt: POST /videos, or start an execution, ${fields}.`;
}

/** A Lambda's error reaches the workflow as JSON text with `errorType`, `errorMessage` and a stack; anything else is text. */
export function errorMessageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : '';
  } catch {
    return cause;
  }
}
