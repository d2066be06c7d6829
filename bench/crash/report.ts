import type { Simulator } from '../../local/simulator/simulator.ts';
import { assess, type Outcome } from './assessment.ts';
import type { Phase } from './phases.ts';
import type { AskedVideo, ShownVideo } from './requests.ts';

export interface CrashReport {
  readonly kills: ReadonlyMap<Phase['name'], number>;
  /** Kills while at least one create waited for its answer. */
  readonly killsInCreate: number;
  readonly requests: number;
  readonly videos: number;
  readonly creates: number;
  /** Creates whose answer was cut, and creates whose answer was sent but not recorded. */
  readonly cut: number;
  readonly unread: number;
  readonly outcomes: ReadonlyMap<Outcome, number>;
  readonly violations: readonly string[];
}

/** What a run has observed. */
export interface Observed {
  readonly kills: CrashReport['kills'];
  readonly killsInCreate: number;
  readonly simulator: Simulator;
  readonly asked: readonly AskedVideo[];
  readonly shown: ReadonlyMap<AskedVideo, ShownVideo>;
  /** The ids of tasks that were not on disk after a kill during their create. */
  readonly lostTasks: ReadonlySet<string>;
  /** The videos that had a claim without a task after a kill. */
  readonly claimed: ReadonlySet<string>;
  /** The number of creates before each key was repeated. */
  readonly createsBefore: number;
  readonly throwing: readonly string[];
  readonly damaged: readonly string[];
  readonly wrongLinks: readonly (string | undefined)[];
}

/** Checks what was observed against the contract. */
export function toReport(observed: Observed): CrashReport {
  const { kills, killsInCreate, simulator, asked, lostTasks } = observed;
  const assessments = assessmentsOf(observed);
  const outcomes = new Map<Outcome, number>();
  for (const { outcome } of assessments) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const cut = [...simulator.answers.values()].filter((fate) => fate === 'cut').length;
  return {
    kills,
    killsInCreate,
    requests: asked.reduce((sum, { times }) => sum + times, 0),
    videos: asked.length,
    creates: simulator.creates.length,
    cut,
    unread: lostTasks.size - cut,
    outcomes,
    violations: [
      ...assessments.flatMap(({ violations }) => violations),
      ...violationsOf(observed, outcomes.get('in doubt, create arrived') ?? 0),
    ],
  };
}

function assessmentsOf({ simulator, asked, shown, lostTasks, claimed }: Observed) {
  return asked.map((video) =>
    assess(
      {
        asked: video,
        shown: shown.get(video),
        creates: simulator.creates.filter(({ body }) => textOf(body) === video.text),
        lostTasks,
        wasClaimed: claimed.has(video.videoId ?? ''),
      },
      claimed.size > 0,
    ),
  );
}

function violationsOf(observed: Observed, inDoubt: number): readonly string[] {
  const { simulator, asked, lostTasks, createsBefore, throwing, damaged, wrongLinks } = observed;
  return [
    ...(simulator.creates.length > asked.length ? ['there are more creates than videos'] : []),
    ...(simulator.creates.length > createsBefore ? ['a repeated key was paid twice'] : []),
    ...(inDoubt === lostTasks.size
      ? []
      : [`${inDoubt} videos are in doubt, ${lostTasks.size} answers were lost`]),
    ...throwing.map((key) => `the object ${key} cannot be read`),
    ...damaged.map((key) => `the object ${key} is damaged`),
    ...wrongLinks.map((videoId) => `the link of video ${videoId} leads to another file`),
  ];
}

function textOf(body: unknown): string | undefined {
  const { text_inputs = [] } = (body ?? {}) as {
    readonly text_inputs?: readonly { readonly value: string }[];
  };
  return text_inputs[0]?.value;
}
