import { type FailureName, isFailureName } from '../failure.ts';
import { printable } from '../text/plain.ts';

interface Meaning {
  /** Why the step is being repeated, in words for people. */
  readonly title: string;
  /** How the failure is called when the step is repeated no more. */
  readonly ends: FailureName;
}

/** Errors of `Copy video` by which only the workflow knows how patiently it repeats the step. */
export const RETRYABLE = {
  VideoNotPlayable: { title: 'What MiniMax offers is not a playable video yet', ends: 'VideoRejected' },
  LinkNotAllowed: { title: 'MiniMax offers a link that is not allowed', ends: 'VideoRejected' },
  VideoUnfinished: { title: 'The file needs another turn: a part of it is stored', ends: 'VideoUnreachable' },
} as const satisfies Readonly<Record<string, Meaning>>;

export type RetryableName = keyof typeof RETRYABLE;

/** One of these errors. */
export class RetryableError extends Error {
  override readonly name: RetryableName;

  /** @param happened one sentence, as of a Failure */
  constructor(name: RetryableName, happened: string) {
    super(printable(happened));
    this.name = name;
  }
}

export function isRetryableName(name: string): name is RetryableName {
  return Object.hasOwn(RETRYABLE, name);
}

/** The failure that an error of a step stands for by its name, if it stands for any. */
export function failureOf(errorName: string): FailureName | undefined {
  if (isFailureName(errorName)) return errorName;
  return isRetryableName(errorName) ? RETRYABLE[errorName].ends : undefined;
}
