import type { VideoHistory } from './video-history.ts';

/** One thing that happens to a video. */
export interface Happening {
  /** Chooses among what can happen then. */
  readonly choice: number;
  /** How long after the one before. */
  readonly seconds: number;
}

type Deed = (history: VideoHistory, seconds: number) => unknown;

const at =
  (...stages: readonly VideoHistory['stage'][]) =>
  (history: VideoHistory) =>
    stages.includes(history.stage);

/** Everything that can happen to a video, and when it can. What comes late may come at any time. */
const DEEDS: Readonly<Record<string, readonly [can: (history: VideoHistory) => boolean, deed: Deed]>> = {
  'POST /videos': [at('unknown'), (history) => history.accept()],
  'a start in the console': [at('unknown'), (history) => history.start()],
  'Submit task claims': [
    at('entered'),
    (history) => history.claim().catch(({ name }: Error) => history.fail(name)),
  ],
  'Submit task has a task': [at('sending'), (history) => history.recordTask()],
  'MiniMax rejects': [at('sending'), (history) => history.fail('InsufficientBalance')],
  'Submit task crashes': [at('sending'), (history) => history.fail('SubmitOutcomeUnknown')],
  'MiniMax fails': [at('waiting'), (history) => history.fail('GenerationFailed')],
  'Copy video': [({ canCopy }) => canCopy, (history) => history.copy()],
  'Record failure': [at('failing'), (history) => history.recordFailure()],
  'the execution ends': [at('failing', 'recorded'), (history) => history.end('by itself')],
  DELETE: [({ canBeStopped }) => canBeStopped, (history) => history.cancel()],
  'the execution runs out of time': [
    ({ canBeStopped }) => canBeStopped,
    (history) => history.end('TIMED_OUT'),
  ],
  'a redrive': [(history) => history.canBeRedriven, (history) => history.redrive()],
  'the announcer finds an end': [at('over'), (history) => history.findEnd()],
  'the announcer publishes it': [({ found }) => found !== undefined, (history) => history.publish()],
  'the event of a redrive': [
    ({ redrives }) => redrives.length > 0,
    (history, seconds) => history.markRedriven(seconds),
  ],
  'a late task': [({ marked }) => marked !== undefined, (history) => history.recordTask()],
  'the execution is gone': [
    (history) => history.isUnended,
    (history) => {
      history.stage = 'gone';
    },
  ],
  'the sweep adopts': [
    (history) => history.stage === 'gone' && history.isUnended && history.document?.task !== undefined,
    (history) => history.takeOver(),
  ],
  'the sweep ends': [
    (history) => history.stage === 'gone' && history.isUnended && history.document?.task === undefined,
    (history) => history.endForgotten(),
  ],
  'the sweep mends': [({ document }) => document !== undefined, (history) => history.sweep()],
};

/** @returns what has happened */
export async function happen(history: VideoHistory, { choice, seconds }: Happening): Promise<string> {
  history.seconds += seconds;
  const possible = Object.entries(DEEDS).filter(([, [can]]) => can(history));
  const [name, [, deed]] = possible[choice % possible.length] ?? ['nothing', [() => true, () => undefined]];
  await deed(history, seconds);
  return name;
}
