import type { Create } from '../../local/simulator/create-log.ts';
import type { AskedVideo, ShownVideo } from './requests.ts';

/** What is known of one video at the end of a run. */
export interface VideoEvidence {
  readonly asked: AskedVideo;
  readonly shown: ShownVideo | undefined;
  /** Every create of this video. */
  readonly creates: readonly Create[];
  /** The ids of tasks that were not on disk when the process was killed during their create. */
  readonly lostTasks: ReadonlySet<string>;
  /** A claim without a task was on disk after a kill. */
  readonly wasClaimed: boolean;
}

export type Outcome =
  | 'delivered'
  | 'in doubt, create arrived'
  | 'in doubt, claimed only'
  | 'nothing sent'
  | 'violation';

export interface VideoAssessment {
  readonly outcome: Outcome;
  readonly violations: readonly string[];
}

/**
 * The contract: at most one create. A task whose id was recorded is delivered. Any other video ends as
 * `SubmitOutcomeUnknown`, with the time window in which the task may have been made.
 * @param hasClaims whether the service claims a video before its create
 */
export function assess(evidence: VideoEvidence, hasClaims: boolean): VideoAssessment {
  const { asked, shown, creates } = evidence;
  const name = `video ${asked.videoId ?? asked.key} (${asked.phase})`;
  const violations = [
    ...(creates.length > 1 ? [`${name} was paid ${creates.length} times`] : []),
    ...asked.otherIds.map((other) => `${name} became ${other} under one key`),
    ...(shown?.finished_at === undefined ? [`${name} has not ended (${shown?.status ?? 'unknown'})`] : []),
  ];
  if (violations.length > 0) return { outcome: 'violation', violations };
  const { outcome, violation } = outcomeOf(evidence, hasClaims);
  return violation === undefined
    ? { outcome, violations: [] }
    : { outcome: 'violation', violations: [`${name}: ${violation}`] };
}

function outcomeOf(
  { shown, creates, lostTasks, wasClaimed }: VideoEvidence,
  hasClaims: boolean,
): { readonly outcome: Outcome; readonly violation?: string } {
  const [create] = creates;
  const isLost = create?.taskId !== undefined && lostTasks.has(create.taskId);
  if (shown?.status === 'succeeded')
    return {
      outcome: 'delivered',
      violation: isLost ? 'it was delivered although its id was lost' : undefined,
    };
  const { type = 'nothing', detail = '', money_spent = '' } = shown?.error ?? {};
  if (create !== undefined && !isLost)
    return { outcome: 'violation', violation: `its id was recorded, and it ended as ${type}: ${detail}` };
  if (create === undefined && money_spent === 'no') return { outcome: 'nothing sent' };
  if (type !== 'SubmitOutcomeUnknown')
    return { outcome: 'violation', violation: `it ended as ${type}: ${detail}` };
  if (!/between \S+Z and \S+Z/.test(detail))
    return { outcome: 'violation', violation: `its error names no time window: ${detail}` };
  if (create !== undefined) return { outcome: 'in doubt, create arrived' };
  return {
    outcome: 'in doubt, claimed only',
    violation: hasClaims && !wasClaimed ? 'it is in doubt although it was not claimed' : undefined,
  };
}
