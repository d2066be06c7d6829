import { type FailureName, isFailureName } from '../failure.ts';
import { printable } from '../text/plain.ts';

interface Meaning {
  /** Why the step is being repeated, in words for people. */
  readonly title: string;
  /** How the failure is called when the step is repeated no more. */
  readonly ends: FailureName;
}

/** Errors of `Copy video` by which only the workflow knows how patiently it repeats the step. */
export const PASSING = {
  VideoNotPlayable: { title: 'What MiniMax offers is not a playable video yet', ends: 'VideoRejected' },
  LinkNotAllowed: { title: 'MiniMax offers a link that is not allowed', ends: 'VideoRejected' },
  VideoUnfinished: { title: 'The file needs another turn: a part of it is stored', ends: 'VideoUnreachable' },
} as const satisfies Readonly<Record<string, Meaning>>;

export type PassingName = keyof typeof PASSING;

/** One of these errors. */
export class Passing extends Error {
  override readonly name: PassingName;

  /** @param happened one sentence, as of a Failure */
  constructor(name: PassingName, happened: string) {
    super(printable(happened));
    this.name = name;
  }
}

export function isPassingName(name: string): name is PassingName {
  return Object.hasOwn(PASSING, name);
}

/** The failure that an error of a step stands for by its name, if it stands for any. */
export function failureOf(errorName: string): FailureName | undefined {
  if (isFailureName(errorName)) return errorName;
  return isPassingName(errorName) ? PASSING[errorName].ends : undefined;
}
