import * as z from 'zod/mini';

/** As long as the functions that announce may run, so that no function still announces when its lease expires. */
export const LEASE_SECONDS = 180;

const storedLease = z.object({
  /** Which end it is about: an execution that is redriven ends again. */
  finished_at: z.iso.datetime(),
  lease_id: z.string(),
  /** Absent where the lease was released. */
  leased_at: z.optional(z.iso.datetime()),
});

/** `announced.json`: the lease of the function that announces an end. */
export type StoredLease = Readonly<z.infer<typeof storedLease>>;

/** @returns undefined for a value that is no lease */
export function parseLease(value: unknown): StoredLease | undefined {
  const parsed = z.safeParse(storedLease, value);
  return parsed.success ? parsed.data : undefined;
}

/**
 * - `first`: this end had no lease before
 * - `held`: a function has the lease of this end
 * - `expired`: the lease of this end was released, or is over
 * - `overtaken`: a later end has a lease
 */
export type LeaseState = 'first' | 'held' | 'expired' | 'overtaken';

export function leaseState(found: StoredLease | undefined, finishedAt: Date, now: Date): LeaseState {
  if (found === undefined) return 'first';
  const distance = Date.parse(found.finished_at) - finishedAt.getTime();
  if (distance !== 0) return distance > 0 ? 'overtaken' : 'first';
  const age = now.getTime() - Date.parse(found.leased_at ?? '');
  return age < LEASE_SECONDS * 1000 ? 'held' : 'expired';
}
