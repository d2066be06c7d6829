import type { JobRecord } from '../job/job-record.ts';
import { hasEnded } from '../job/redrive.ts';
import { fieldsOf } from '../json/fields.ts';

/** Below every other: an accepted video is the same to `POST /videos`, which writes it first, and to the claim in its job document. */
const ACCEPTED_VERSION = '0';

const PHASES = { accepted: 0, task: 1, end: 2 } as const;

/**
 * The version of what a job document says, as a text that sorts: the execution by its start, its redrive, the phase, and how
 * much the document knows in that phase. A write with a lower version changes nothing, so late and repeated writes do no harm. An end is
 * above each step of its own redrive.
 */
export function versionOf(record: JobRecord): string {
  const { created_at, attempt, redrives, redriven } = record;
  const phase = phaseOf(record);
  const redrive = phase === 'end' ? (redrives ?? attempt?.redrive_count ?? 0) : attempt?.redrive_count;
  const count = Math.max(redrive ?? 0, phase === 'end' ? 0 : (redriven?.redrive_count ?? 0));
  if (phase === 'accepted' && count === 0) return ACCEPTED_VERSION;
  const start = new Date(created_at).toISOString();
  return `${start}/${String(count).padStart(4, '0')}/${PHASES[phase]}/${knowledgeOf(record)}`;
}

function phaseOf(record: JobRecord): keyof typeof PHASES {
  if (hasEnded(record)) return 'end';
  return record.task === undefined ? 'accepted' : 'task';
}

/**
 * A step writes its end first, or `DELETE` a stop. The announcer replaces it by the end of the execution, and alone knows the price. The
 * outcome of a create may be written down last: its task, or that MiniMax has accepted none. A step that is repeated writes its end again,
 * with a later time.
 */
function knowledgeOf(record: JobRecord): string {
  const { finished_at, status, task, attempt } = record;
  if (finished_at === undefined || !hasEnded(record)) return '0';
  const byAnnouncer = fieldsOf(record).price === undefined ? 2 : 4;
  const isOutcomeKnown = task !== undefined || attempt?.sending_at === undefined;
  const knowledge = (status === undefined ? 0 : byAnnouncer) + (isOutcomeKnown ? 1 : 0);
  return `${knowledge}/${new Date(finished_at).toISOString()}`;
}
