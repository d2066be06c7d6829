import type { Create } from '../../local/simulator/create-log.ts';
import type { AskedVideo, ShownVideo } from './requests.ts';

/** What is known of one video when everything is over. */
export interface VideoEvidence {
  readonly asked: AskedVideo;
  readonly shown: ShownVideo | undefined;
  /** Every create that names it. */
  readonly creates: readonly Create[];
  /** The ids of tasks that were nowhere on the disk when the process was killed under their create. */
  readonly lostTasks: ReadonlySet<string>;
  /** Whether a claim without a task lay there when a process was killed. */
  readonly wasClaimed: boolean;
}

export type Outcome =
  | 'delivered'
  | 'in doubt, create arrived'
  | 'in doubt, claimed only'
  | 'nothing sent'
  | 'violation';

export interface VideoVerdict {
  readonly outcome: Outcome;
  readonly violations: readonly string[];
}

/**
 * The contract: at most one create; a task whose id was written down is delivered; any other is `SubmitOutcomeUnknown`, with
 * the time in which to look for it.
 * @param hasClaims whether the service claims a video before its create
 */
export function judge(evidence: VideoEvidence, hasClaims: boolean): VideoVerdict {
  const { asked, shown, creates } = evidence;
  const name = `video ${asked.videoId ?? asked.key} (${asked.phase})`;
  const violations = [
    ...(creates.length > 1 ? [`${name} was paid ${creates.length} times`] : []),
    ...asked.otherIds.map((other) => `${name} became ${other} under the same key`),
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
      ...(isLost ? { violation: 'it was delivered although its id was lost' } : {}),
    };
  const { type = 'nothing', detail = '', money_spent = '' } = shown?.error ?? {};
  if (create !== undefined && !isLost)
    return { outcome: 'violation', violation: `its id was written down, and it ended as ${type}: ${detail}` };
  if (create === undefined && money_spent === 'no') return { outcome: 'nothing sent' };
  if (type !== 'SubmitOutcomeUnknown')
    return { outcome: 'violation', violation: `it ended as ${type}: ${detail}` };
  if (!/between \S+Z and \S+Z/.test(detail))
    return { outcome: 'violation', violation: `its doubt names no time window: ${detail}` };
  if (create !== undefined) return { outcome: 'in doubt, create arrived' };
  return {
    outcome: 'in doubt, claimed only',
    ...(hasClaims && !wasClaimed ? { violation: 'it is in doubt although nothing was claimed' } : {}),
  };
}
