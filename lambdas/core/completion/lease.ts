import * as z from 'zod/mini';

/** As long as the functions that announce may run, so that no function still announces when its lease expires. */
export const LEASE_SECONDS = 180;

const storedLease = z.object({
  /** Which end it is about: an execution that is redriven ends again. */
  finished_at: z.iso.datetime(),
  lease_id: z.string(),
  /** When the lease expires. A lease that was released has expired long ago. */
  leased_until: z.iso.datetime(),
});

/** The lease of the function that announces an end, as an item of the table. */
export type StoredLease = Readonly<z.infer<typeof storedLease>>;

/** @returns undefined for a value that is no lease */
export function parseLease(value: unknown): StoredLease | undefined {
  return z.safeParse(storedLease, value).data;
}

/** Before any lease that a function can have. */
export const RELEASED_AT = new Date(0).toISOString();

/** A lease of this end from now on. @param leaseId random */
export function toLease(finishedAt: Date, now: Date, leaseId: string): StoredLease {
  return {
    finished_at: finishedAt.toISOString(),
    lease_id: leaseId,
    leased_until: new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString(),
  };
}
