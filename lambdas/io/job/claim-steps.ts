import { type Claim, decideAdopt, takenOver, withSending } from '../../core/job/claim.ts';
import type { SubmittedJob } from '../../core/job/job.ts';
import {
  type FoundRecord,
  heldByAnother,
  isHeldBy,
  type JobRecord,
  unreadable,
} from '../../core/job/job-record.ts';
import type { Step } from './job-documents.ts';

/** A claim with the mark that its create is being sent, and the version that it is stored under. */
export interface MarkedClaim {
  readonly claim: Claim;
  readonly version: string;
}

export function toAdopted(claim: Claim, found: FoundRecord, takesOver: string | undefined): Step<JobRecord> {
  const decision = decideAdopt(claim, found, takesOver);
  if (decision.next === 'follow') return { result: decision.record };
  const document = decision.next === 'claim' ? claim : takenOver(decision.record, claim);
  return { write: document, toResult: () => document };
}

export function toMarked(claim: Claim, found: FoundRecord, now: Date): Step<MarkedClaim> {
  const marked: Claim = { ...claim, attempt: { ...claim.attempt, sending_at: now.toISOString() } };
  if (isMarkedBy(found, claim)) return { result: { claim: marked, version: found.version } };
  const write = withSending(marked, found);
  return { write, toResult: (version) => ({ claim: marked, version }) };
}

export function toUnmarked(claim: Claim, found: FoundRecord): Step<void> {
  if (!isMarkedBy(found, claim)) return { result: undefined };
  const { sending_at: _sent, ...attempt } = claim.attempt;
  return { write: { ...found.record, attempt }, toResult: () => undefined };
}

export function toFollowed(claim: Claim, found: FoundRecord, task: SubmittedJob['task']): Step<JobRecord> {
  if (found.kind === 'absent') return writing({ ...claim, task });
  if (found.kind === 'unreadable') throw unreadable(claim.video_id);
  const { record } = found;
  if (!isHeldBy(record, claim)) throw heldByAnother(record);
  return record.task?.task_id === task.task_id ? { result: record } : writing({ ...record, task });
}

function writing(record: JobRecord): Step<JobRecord> {
  return { write: record, toResult: () => record };
}

type FoundDocument = Extract<FoundRecord, { readonly kind: 'record' }>;

function isMarkedBy(found: FoundRecord, { attempt: { id } }: Claim): found is FoundDocument {
  if (found.kind !== 'record') return false;
  const { attempt } = found.record;
  return attempt?.id === id && attempt.sending_at !== undefined;
}
