import { setTimeout as after } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import { type Claim, decideAdopt, decideSubmit, takenOver, withSending } from '../../core/job/claim.ts';
import type { SubmittedJob } from '../../core/job/job.ts';
import {
  claimOf,
  type ExecutionKey,
  type FoundRecord,
  heldByAnother,
  isFinal,
  isHeldBy,
  isUnsent,
  type JobRecord,
  unreadable,
} from '../../core/job/job-record.ts';
import { createJobDocuments, type JobDocuments, type JobObjects, type Step } from './job-documents.ts';

/** How long a claim may take. The create behind it keeps the time that it needs. */
const CLAIM_MS = 8_000;
/** How long writing a task down may hold up the workflow, which carries the task on anyway. */
const WRITE_MS = 8_000;
const POLL_MS = 1_000;

/** Either the claim is this invocation's own, and it may prepare its create, or the task of an earlier attempt is known. */
export type SubmitClaimed =
  | { readonly next: 'prepare'; readonly version: string }
  | { readonly next: 'follow'; readonly task: SubmittedJob['task'] };

/** A claim with the mark that its create is being sent, and the version that it is stored under. */
export interface MarkedClaim {
  readonly claim: Claim;
  readonly version: string;
}

/** What has become of a change of a job document; `foreign` is one that another execution holds. */
export type Updated<Document> =
  | { readonly kind: 'written'; readonly document: Document & Partial<JobRecord> }
  | { readonly kind: 'left' }
  | { readonly kind: 'foreign'; readonly record: JobRecord };

/** `job.json` of each video, the lasting memory of its request: docs/protocol.md. */
export interface JobRecords {
  /** @throws Failure `StorageUnavailable`, for a missing grant too */
  read(videoId: string): Promise<FoundRecord>;
  /**
   * Claims the video before its create, or finds the task that an earlier attempt wrote down.
   * @param waitSeconds how long the task of a create that may be under way is waited for
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
   * Takes the mark back after a create that MiniMax has certainly not accepted, so that another attempt may send one.
   * @throws Failure `StorageUnavailable`: then no other attempt sends one
   */
  endCreate(marked: MarkedClaim): Promise<void>;
  /**
   * Writes down the task of a create, also into a document that has ended meanwhile.
   * @throws Failure `StorageUnavailable`, also when it takes more than a few seconds
   */
  recordTask(marked: MarkedClaim, task: SubmittedJob['task']): Promise<void>;
  /**
   * What this execution's document says, waited for where a create may still be under way.
   * @throws Failure `StorageUnavailable`
   */
  find(key: ExecutionKey, seconds: number, signal: AbortSignal): Promise<FoundRecord>;
  /**
   * Writes what `change` makes of this execution's document, and of no other. The claim and the task stay.
   * @throws Failure `StorageUnavailable`
   */
  update<Document extends object>(
    key: ExecutionKey,
    change: (found: JobRecord | undefined) => Document | undefined,
  ): Promise<Updated<Document>>;
}

export function createJobRecords(
  bucket: JobObjects,
  { read, transact }: JobDocuments = createJobDocuments(bucket),
): JobRecords {
  return {
    read,

    claimSubmit(claim, waitSeconds, signal) {
      const startedAt = Date.now();
      const isFirst = claim.attempt.redrive_count === 0 && claim.attempt.retry_count === 0;
      const decide = async (found: FoundRecord): Promise<Step<SubmitClaimed>> => {
        const decision = decideSubmit(claim, found);
        if (decision.next === 'claim')
          return { write: claim, toResult: (version) => ({ next: 'prepare', version }) };
        if (decision.next !== 'wait') return { result: decision };
        await waitForTask(waitUntil(decision.sentAt, startedAt, waitSeconds), signal);
        return decide(await read(claim.video_id, soon(signal, CLAIM_MS)));
      };
      const first: FoundRecord | undefined = isFirst ? { kind: 'absent' } : undefined;
      const raceSignal = soon(signal, CLAIM_MS);
      return transact(claim.video_id, decide, { first, toSignal: () => raceSignal });
    },

    claimAdopt(claim, takesOver, signal) {
      const decide = (found: FoundRecord): Step<JobRecord> => {
        const decision = decideAdopt(claim, found, takesOver);
        if (decision.next === 'follow') return { result: decision.record };
        const document = decision.next === 'claim' ? claim : takenOver(decision.record, claim);
        return { write: document, toResult: () => document };
      };
      const raceSignal = soon(signal, CLAIM_MS);
      return transact(claim.video_id, decide, { toSignal: () => raceSignal });
    },

    beginCreate(claim, claimedVersion, now) {
      const marked: Claim = { ...claim, attempt: { ...claim.attempt, sending_at: now.toISOString() } };
      const decide = (found: FoundRecord): Step<MarkedClaim> => {
        const isMarked = found.kind === 'record' && isSending(found.record, claim);
        if (isMarked) return { result: { claim: marked, version: found.version } };
        const write = withSending(marked, found);
        return { write, toResult: (version) => ({ claim: marked, version }) };
      };
      const first: FoundRecord = { kind: 'record', record: claim, version: claimedVersion };
      const raceSignal = AbortSignal.timeout(CLAIM_MS);
      return transact(claim.video_id, decide, { first, toSignal: () => raceSignal });
    },

    endCreate({ claim, version }) {
      const { sending_at: _sent, ...attempt } = claim.attempt;
      const decide = (found: FoundRecord): Step<void> => {
        const isMarked = found.kind === 'record' && isSending(found.record, claim);
        if (!isMarked) return { result: undefined };
        return { write: { ...found.record, attempt }, toResult: () => undefined };
      };
      const first: FoundRecord = { kind: 'record', record: claim, version };
      const raceSignal = AbortSignal.timeout(WRITE_MS);
      return transact(claim.video_id, decide, { first, toSignal: () => raceSignal });
    },

    recordTask({ claim, version }, task) {
      const signal = AbortSignal.timeout(WRITE_MS);
      const decide = (found: FoundRecord): Step<void> => {
        if (found.kind === 'absent') return { write: { ...claim, task }, toResult: () => undefined };
        if (found.kind === 'unreadable') throw unreadable(claim.video_id);
        const { record } = found;
        if (!isHeldBy(record, claim)) throw heldByAnother(record);
        if (record.task?.task_id === task.task_id) return { result: undefined };
        return { write: { ...record, task }, toResult: () => undefined };
      };
      const first: FoundRecord = { kind: 'record', record: claim, version };
      return transact(claim.video_id, decide, { first, toSignal: () => signal });
    },

    async find(key, seconds, signal) {
      const startedAt = Date.now();
      for (;;) {
        const found = await read(key.video_id);
        const record = found.kind === 'record' ? found.record : undefined;
        const isShutOut = isFinal(record ?? {}) && isUnsent(record, key);
        const mayStillCome =
          found.kind === 'absent' ||
          (record !== undefined && isHeldBy(record, key) && record.task === undefined && !isShutOut);
        const isTimeOver = Date.now() >= waitUntil(record?.attempt?.sending_at, startedAt, seconds);
        if (!mayStillCome || isTimeOver) return found;
        await after(POLL_MS, undefined, { signal });
      }
    },

    update: (key, change) => transact(key.video_id, (found) => toChange(found, key, change)),
  };
}

/** @throws Failure `StorageUnavailable` for an object that is no job document */
function toChange<Document extends object>(
  found: FoundRecord,
  key: ExecutionKey,
  change: (found: JobRecord | undefined) => Document | undefined,
): Step<Updated<Document>> {
  if (found.kind === 'unreadable') throw unreadable(key.video_id);
  const record = found.kind === 'record' ? found.record : undefined;
  if (record !== undefined && !isHeldBy(record, key)) return { result: { kind: 'foreign', record } };
  const changed = change(record);
  if (changed === undefined) return { result: { kind: 'left' } };
  const document = record === undefined ? changed : withClaim(changed, record);
  return { write: document, toResult: () => ({ kind: 'written', document }) };
}

/** The claim stays as it was found, whatever a writer believes of it; so does a task that the writer has not heard of. */
function withClaim<Document extends object>(
  changed: Document,
  record: JobRecord,
): Document & Partial<JobRecord> {
  const { task = record.task } = changed as Partial<JobRecord>;
  return { ...changed, ...claimOf(record), ...(task === undefined ? {} : { task }) };
}

function isSending({ attempt }: JobRecord, { attempt: own }: Claim): boolean {
  return attempt?.id === own.id && attempt.sending_at !== undefined;
}

/** A create that was sent long ago has ended long ago. @returns milliseconds since the epoch */
function waitUntil(sentAt: string | undefined, startedAt: number, seconds: number): number {
  return Math.min(startedAt, sentAt === undefined ? startedAt : Date.parse(sentAt)) + seconds * 1000;
}

/** @throws Failure `SubmitOutcomeUnknown` when the time is over */
async function waitForTask(until: number, signal: AbortSignal): Promise<void> {
  if (Date.now() < until) return after(POLL_MS, undefined, { signal });
  throw new Failure(
    'SubmitOutcomeUnknown',
    'An earlier attempt had claimed this video, so a create may have been sent, and no other one is.',
  );
}

function soon(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
