import type { Scenario } from '../../local/simulator/scenario.ts';
import type { FunctionFault } from '../faults/function-fault.ts';
import { COPY_RETRIES } from '../harness/assembly.ts';

/** A point in the history of an execution: the first event of this kind in this state, or the end. */
export type Moment = `${'enters' | 'fails in' | 'waits in'} ${string}` | 'is redriven' | 'has ended';

/** How one video is made, and at which moments a release is kept. A video is made anew for each moment. */
export interface Story {
  readonly name: string;
  /** Whether the stack has callbacks. @default false */
  readonly callbacks?: boolean;
  /** For the creates of the video, in turn. @default one that succeeds after two checks */
  readonly scripts?: readonly Scenario[];
  /** What MiniMax does with the task after the upgrade. @default it succeeds */
  readonly later?: Pick<Scenario, 'queries'>;
  /** @default a request with an image and a text */
  readonly start?: 'adopts a task' | 'is no request';
  /** Whether the video has more than two parts of an upload. @default false */
  readonly isLong?: boolean;
  readonly functionFaults?: readonly FunctionFault[];
  /** What a person does: DELETE while the video waits, or a redrive after its first end. */
  readonly person?: 'cancels' | 'redrives';
  readonly moments: readonly Moment[];
}

/** The script of a create that succeeds after two checks. */
export const SUCCEEDS: Scenario = { queries: ['Processing', 'Success'] };
const FAILS: Scenario = { queries: ['Fail'] };
const GONE = { httpStatus: 410 } as const;
const VIDEO_FAILED_IS_THROTTLED = { name: 'VideoFailed', kind: 'is throttled', times: 1000 } as const;

/** The connections of one attempt to copy a video. */
const CONNECTIONS = 5;
/** For all attempts of `Copy video`. */
const NO_DOWNLOAD = Array(CONNECTIONS * (COPY_RETRIES + 1)).fill(GONE);

/** Together they enter each state of both definitions. */
export const STORIES: readonly Story[] = [
  {
    name: 'a video succeeds',
    moments: [
      ...['Task given?', 'Submit task', 'Wait', 'Check task', 'Finished?', 'Copy video'].map(
        (state) => `enters ${state}` as const,
      ),
      'has ended',
    ],
  },
  {
    name: 'MiniMax is busy at first',
    scripts: [{ create: { code: 1002 } }, SUCCEEDS],
    moments: ['fails in Submit task'],
  },
  {
    name: 'a task is adopted',
    start: 'adopts a task',
    moments: ['enters Adopt task', 'enters Check task', 'enters Copy video', 'has ended'],
  },
  {
    name: 'the generation fails',
    scripts: [FAILS],
    later: FAILS,
    moments: ['enters Check task', 'enters Record failure', 'enters Video failed', 'has ended'],
  },
  {
    name: 'the failure is not delivered',
    scripts: [FAILS],
    later: FAILS,
    functionFaults: [VIDEO_FAILED_IS_THROTTLED],
    moments: ['enters Fail execution'],
  },
  {
    name: 'the balance is empty',
    scripts: [{ create: { code: 1008 } }],
    moments: ['enters Record failure', 'enters Video failed', 'has ended'],
  },
  {
    name: 'the answer to the create is lost',
    scripts: [{ create: { reply: 'lost' } }],
    moments: ['enters Record failure', 'enters Video failed', 'has ended'],
  },
  {
    name: 'the input is no request',
    start: 'is no request',
    moments: ['enters Reject input', 'enters Record failure', 'has ended'],
  },
  {
    name: 'the copy breaks off',
    isLong: true,
    scripts: [{ queries: ['Success'], downloads: ['half', ...Array(CONNECTIONS).fill(GONE), 'whole'] }],
    moments: ['fails in Copy video'],
  },
  {
    name: 'no copy arrives',
    scripts: [{ queries: ['Success'], downloads: NO_DOWNLOAD }],
    moments: ['has ended'],
  },
  {
    name: 'a failed copy is redriven',
    person: 'redrives',
    scripts: [{ queries: ['Success'], downloads: [...NO_DOWNLOAD, 'whole'] }],
    moments: ['is redriven', 'has ended'],
  },
  { name: 'a video is cancelled', person: 'cancels', moments: ['has ended'] },
  {
    name: 'MiniMax calls back',
    callbacks: true,
    scripts: [SUCCEEDS],
    moments: [
      ...['Task given?', 'Submit task', 'Wait for callback', 'Check task', 'Finished?', 'Copy video'].map(
        (state) => `enters ${state}` as const,
      ),
      'waits in Wait for callback',
      'has ended',
    ],
  },
  {
    name: 'MiniMax calls back before its answer',
    callbacks: true,
    scripts: [{ ...SUCCEEDS, callbacks: { isEarly: true } }],
    moments: ['enters Wait for callback'],
  },
  {
    name: 'no callback comes',
    callbacks: true,
    scripts: [{ ...SUCCEEDS, callbacks: { times: 0 } }],
    moments: ['enters Check task', 'has ended'],
  },
  {
    name: 'MiniMax sends no challenge',
    callbacks: true,
    scripts: [{ ...SUCCEEDS, callbacks: { challenge: 'left out' } }],
    moments: ['enters Wait', 'has ended'],
  },
  {
    name: 'a task is adopted with callbacks',
    callbacks: true,
    start: 'adopts a task',
    moments: ['enters Adopt task', 'enters Check task', 'has ended'],
  },
  {
    name: 'the generation fails with callbacks',
    callbacks: true,
    scripts: [FAILS],
    later: FAILS,
    moments: ['enters Record failure', 'enters Video failed', 'has ended'],
  },
  {
    name: 'the failure is not delivered with callbacks',
    callbacks: true,
    scripts: [FAILS],
    later: FAILS,
    functionFaults: [VIDEO_FAILED_IS_THROTTLED],
    moments: ['enters Fail execution'],
  },
  {
    name: 'the input is no request with callbacks',
    callbacks: true,
    start: 'is no request',
    moments: ['enters Reject input'],
  },
];
