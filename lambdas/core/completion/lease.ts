/** As long as the functions that announce may run: nobody is still at it after that. */
export const CLAIM_SECONDS = 180;

/** `announced.json`: whoever writes it first announces the end; `announced_at` is there when that is done. */
export interface Announcement {
  /** Which end it is: an execution that is redriven ends again. */
  readonly finished_at: string;
  /** What tells a claim from another's. */
  readonly claim: string;
  /** Absent where the claim was given back. */
  readonly claimed_at?: string;
  readonly announced_at?: string;
}

/**
 * Whose turn it is to announce the end of this time, given what lies there: `again` where an earlier claim came to nothing,
 * `done` also where a later end has been claimed meanwhile.
 */
export function leaseState(
  found: unknown,
  finishedAt: Date,
  now: Date,
): 'first' | 'again' | 'done' | "another's" {
  const { finished_at = '', claimed_at = '', announced_at } = (found ?? {}) as Partial<Announcement>;
  const ours = finishedAt.toISOString();
  if (finished_at > ours) return 'done';
  if (finished_at !== ours) return 'first';
  if (announced_at !== undefined) return 'done';
  const age = now.getTime() - Date.parse(claimed_at);
  return age < CLAIM_SECONDS * 1000 ? "another's" : 'again';
}
