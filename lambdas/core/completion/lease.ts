import * as z from 'zod/mini';
import { shown } from '../job/job-schema.ts';

/** As long as the functions that announce may run. A lease that is older belongs to none of them. */
export const CLAIM_SECONDS = 180;

/** `announced.json`: the function that writes it first announces the end. */
export interface Announcement {
  /** Which end it is: an execution that is redriven ends again. */
  readonly finished_at: string;
  /** Random, so that a function recognizes its own lease. */
  readonly claim: string;
  /** Absent where the lease was released. */
  readonly claimed_at?: string;
  /** Absent until the end is announced. */
  readonly announced_at?: string;
}

const announcementSchema = z.object({
  finished_at: shown(z.string()),
  claimed_at: shown(z.string()),
  announced_at: shown(z.string()),
});

/**
 * State of the lease for announcing this end: `first` (unclaimed), `held`, `expired` (or released), `done` (announced, or
 * superseded by a later end).
 * @param found what `announced.json` has
 */
export function leaseState(
  found: unknown,
  finishedAt: Date,
  now: Date,
): 'first' | 'held' | 'expired' | 'done' {
  const stored = z.safeParse(announcementSchema, found).data ?? {};
  const { finished_at = '', claimed_at = '', announced_at } = stored;
  const ours = finishedAt.toISOString();
  if (finished_at > ours) return 'done';
  if (finished_at !== ours) return 'first';
  if (announced_at !== undefined) return 'done';
  const ageMs = now.getTime() - Date.parse(claimed_at);
  return ageMs < CLAIM_SECONDS * 1000 ? 'held' : 'expired';
}
