import * as z from 'zod/mini';

const HOUR_MS = 60 * 60 * 1000;
const COUNTED_HOURS = 24;

const countsSchema = z.object({
  hours: z.record(z.string(), z.number()),
  writes: z.number(),
});

/** How many videos were started in each hour, by its beginning as in `2026-11-27T08`, and how often that was written. */
export type StartCounts = Readonly<z.infer<typeof countsSchema>>;

export const NO_STARTS: StartCounts = { hours: {}, writes: 0 };

/** @param item undefined before the first start. @returns undefined for an item that has no counts */
export function toStartCounts(item: unknown): StartCounts | undefined {
  return item === undefined ? NO_STARTS : z.safeParse(countsSchema, item).data;
}

/**
 * The counts after one more start. An hour counts as a whole until its last minute is 24 hours ago, so no 24 hours have more than
 * the limit.
 * @returns how long to wait, where there is no room
 */
export function countStart(
  { hours, writes }: StartCounts,
  now: Date,
  maxStarts: number,
): StartCounts | { readonly waitSeconds: number } {
  const thisHour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const counted = Object.entries(hours).filter(
    ([hour]) => beginOf(hour) >= thisHour - COUNTED_HOURS * HOUR_MS,
  );
  const sum = counted.reduce((total, [, count]) => total + count, 0);
  if (sum >= maxStarts) {
    const oldest = Math.min(...counted.map(([hour]) => beginOf(hour)));
    const freeAt = oldest + (COUNTED_HOURS + 1) * HOUR_MS;
    return { waitSeconds: Math.max(1, Math.ceil((freeAt - now.getTime()) / 1000)) };
  }
  const name = new Date(thisHour).toISOString().slice(0, 13);
  return {
    hours: { ...Object.fromEntries(counted), [name]: (hours[name] ?? 0) + 1 },
    writes: writes + 1,
  };
}

function beginOf(hour: string): number {
  return Date.parse(`${hour}:00:00.000Z`);
}
