import type { FailureName } from '../failure.ts';
import { printable } from '../text/plain.ts';

interface RetryableKind {
  /** Why the step is retried. The message shows it to an operator. */
  readonly title: string;
  /** The failure once the retries are used up. */
  readonly ends: FailureName;
}

/** Errors of `Copy video` that the workflow retries, each with its own retry policy. */
export const RETRYABLE = {
  VideoNotPlayable: { title: 'What MiniMax offers is not a playable video yet', ends: 'VideoRejected' },
  LinkNotAllowed: { title: 'MiniMax offers a link that is not allowed', ends: 'VideoRejected' },
  VideoUnfinished: {
    title: 'A part of the file is stored; the next attempt continues',
    ends: 'VideoUnreachable',
  },
} as const satisfies Readonly<Record<string, RetryableKind>>;

export type RetryableName = keyof typeof RETRYABLE;

/** An error with one of these names. */
export class RetryableError extends Error {
  override readonly name: RetryableName;

  /** @param description one sentence, as for a Failure */
  constructor(name: RetryableName, description: string) {
    super(printable(description));
    this.name = name;
  }
}

/** Is this the name of a retryable error? */
export function isRetryableName(name: string): name is RetryableName {
  return Object.hasOwn(RETRYABLE, name);
}
