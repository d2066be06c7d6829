import { Failure } from '../../core/failure.ts';
import { type Claim, decideSubmit, type SubmitDecision } from '../../core/job/claim.ts';
import type { SubmittedJob } from '../../core/job/job.ts';
import type { FoundRecord, JobRecord } from '../../core/job/job-record.ts';
import { fixedPause, poll } from '../timing.ts';
import { type MarkedClaim, toAdopted, toFollowed, toMarked, toUnmarked } from './claim-steps.ts';
import type { JobDocuments, Step } from './job-documents.ts';

/** How long a claim may take. The create after it keeps the time that it needs. */
const CLAIM_TIMEOUT_MS = 8_000;
/** How long writing a task down may delay the workflow, which hands the task on in any case. */
const WRITE_TIMEOUT_MS = 8_000;

/** Either the claim is this invocation's own, and it may prepare its create, or the task of an earlier attempt is known. */
export type SubmitClaimed =
  | { readonly next: 'prepare'; readonly version: string }
  | { readonly next: 'follow'; readonly task: SubmittedJob['task'] };

/** What `Submit task` and `Adopt task` do with `job.json` around a create. docs/protocol.md has the reasons. */
export interface Claims {
  /**
   * Claims the video before its create, or finds the task that an earlier attempt wrote down.
   * @param waitSeconds how long to wait for the task of a create that may be in progress
   * @throws Failure `VideoExistsAlready`, `StorageUnavailable` (nothing was sent) or `SubmitOutcomeUnknown`
   */
  claimSubmit(claim: Claim, waitSeconds: number, signal: AbortSignal): Promise<SubmitClaimed>;
  /**
   * Claims the video for a task that exists already.
   * @param takesOver the version of another execution's document that this one takes over
   * @returns the document as it is now
   * @throws Failure `VideoExistsAlready` or `StorageUnavailable`
   */
  claimAdopt(claim: Claim, takesOver: string | undefined, signal: AbortSignal): Promise<JobRecord>;
  /**
   * Marks the claim right before the create is sent. From then on no other attempt takes the claim over.
   * @param version of the claim
   * @throws Failure `StorageUnavailable` or `SubmitOutcomeUnknown`: nothing was sent
   */
  beginCreate(claim: Claim, version: string, now: Date): Promise<MarkedClaim>;
  /**
   * Removes the mark after a create that MiniMax has certainly not accepted, so that another attempt may send one.
   * @throws Failure `StorageUnavailable`: then no other attempt sends one
   */
  endCreate(marked: MarkedClaim): Promise<void>;
  /**
   * Writes down the task of a create, also into a document that has ended in the meantime.
   * @returns the document as it is now
   * @throws Failure `StorageUnavailable`, also when it takes more than a few seconds
   */
  recordTask(marked: MarkedClaim, task: SubmittedJob['task']): Promise<JobRecord>;
}

/** @param pollMs between two reads for the task of an earlier attempt */
export function createClaims(documents: JobDocuments, pollMs: number): Claims {
  const { transact } = documents;
  return {
    claimSubmit: (claim, waitSeconds, signal) =>
      claimSubmit(documents, claim, { waitSeconds, pollMs, signal }),

    claimAdopt(claim, takesOver, signal) {
      const deadline = withTimeout(signal, CLAIM_TIMEOUT_MS);
      const decide = (found: FoundRecord) => toAdopted(claim, found, takesOver);
      return transact(claim.video_id, decide, { toSignal: () => deadline });
    },

    beginCreate(claim, version, now) {
      const deadline = AbortSignal.timeout(CLAIM_TIMEOUT_MS);
      const decide = (found: FoundRecord) => toMarked(claim, found, now);
      const first = toFound({ claim, version });
      return transact(claim.video_id, decide, { first, toSignal: () => deadline });
    },

    endCreate(marked) {
      const deadline = AbortSignal.timeout(WRITE_TIMEOUT_MS);
      const decide = (found: FoundRecord) => toUnmarked(marked.claim, found);
      const first = toFound(marked);
      return transact(marked.claim.video_id, decide, { first, toSignal: () => deadline });
    },

    recordTask(marked, task) {
      const deadline = AbortSignal.timeout(WRITE_TIMEOUT_MS);
      const decide = (found: FoundRecord) => toFollowed(marked.claim, found, task);
      const first = toFound(marked);
      return transact(marked.claim.video_id, decide, { first, toSignal: () => deadline });
    },
  };
}

interface ClaimOptions {
  readonly waitSeconds: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

function claimSubmit(
  { read, transact }: JobDocuments,
  claim: Claim,
  { waitSeconds, pollMs, signal }: ClaimOptions,
): Promise<SubmitClaimed> {
  const startedAt = Date.now();
  const isFirst = claim.attempt.redrive_count === 0 && claim.attempt.retry_count === 0;
  const reread = () => read(claim.video_id, withTimeout(signal, CLAIM_TIMEOUT_MS));
  const decide = async (found: FoundRecord): Promise<Step<SubmitClaimed>> => {
    const work = async (attempt: number) => decideSubmit(claim, attempt === 1 ? found : await reread());
    const isEnough = (decision: SubmitDecision): boolean =>
      decision.next !== 'wait' || Date.now() >= toWaitEnd(decision.sentAt, startedAt, waitSeconds);
    const attempts = Number.POSITIVE_INFINITY;
    const decision = await poll(work, { isEnough, attempts, pause: fixedPause(pollMs), signal });
    if (decision.next === 'wait') throw mayBeSent();
    if (decision.next !== 'claim') return { result: decision };
    return { write: claim, toResult: (version) => ({ next: 'prepare', version }) };
  };
  const first: FoundRecord | undefined = isFirst ? { kind: 'absent' } : undefined;
  const deadline = withTimeout(signal, CLAIM_TIMEOUT_MS);
  return transact(claim.video_id, decide, { first, toSignal: () => deadline });
}

function mayBeSent(): Failure {
  return new Failure(
    'SubmitOutcomeUnknown',
    'An earlier attempt has claimed this video and may have sent a create, so no other create is sent.',
  );
}

/** What this invocation has written itself needs no read. */
function toFound({ claim, version }: MarkedClaim): FoundRecord {
  return { kind: 'record', record: claim, version };
}

/**
 * Until when the task of a create may still be written down. A create runs for a limited time after it was sent.
 * @returns milliseconds since the epoch
 */
export function toWaitEnd(sentAt: string | undefined, startedAt: number, waitSeconds: number): number {
  const from = sentAt === undefined ? startedAt : Math.min(startedAt, Date.parse(sentAt));
  return from + waitSeconds * 1000;
}

function withTimeout(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
