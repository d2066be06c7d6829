/**
 * The statuses in a list. A finer status of a running video would cost a write for each of its steps. They stand apart from the schemas,
 * which are slow to load.
 */
export const LISTED_STATUSES = ['running', 'succeeded', 'failed', 'cancelled', 'timed_out'] as const;
