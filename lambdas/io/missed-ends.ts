import { LISTED_STATUSES, type ListedVideo } from '../core/answer.ts';
import type { Announcer } from './announcer.ts';
import type { Claims } from './claims.ts';
import type { Executions } from './executions.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

/** An end that is younger is being announced in the ordinary way; one that is older was looked at six times. */
const YOUNGEST_MS = 5 * MINUTE_MS;
const OLDEST_MS = 6 * HOUR_MS;

/** The longest that an execution runs, with the longest `giveUpAfterHours`, and `OLDEST_MS`. Redriven ones may be older, and are not looked for. */
const LONGEST_RUN_MS = 102 * HOUR_MS;

const PAGE = 1000;
const AT_ONCE = 10;

const ENDED = LISTED_STATUSES.filter((status) => status !== 'running');

/**
 * Step Functions tells EventBridge of an end as well as it can, which may be not at all. So whatever has ended is looked at
 * once more, and announced where nobody has.
 * @returns how many could not be announced
 */
export async function announceMissed(
  { executions, claims, announcer, warn }: Peers,
  now: () => Date,
  signal: AbortSignal,
): Promise<number> {
  const ends = (await Promise.all(ENDED.map((status) => endsLately(executions, status, now())))).flat();
  let failed = 0;
  async function announceIfMissed({ name, stopDate }: End): Promise<void> {
    if (!(await claims.isFulfilled(name, stopDate, now()))) await announcer.announce({ name }, now, signal);
  }
  async function work(): Promise<void> {
    for (let end = ends.pop(); end !== undefined && !signal.aborted; end = ends.pop()) {
      const { name } = end;
      await announceIfMissed(end).catch((error: Error) => {
        if (error.name !== 'BeingAnnounced') failed += 1;
        warn(new Error(`The end of ${name} could not be announced: ${error.message}`, { cause: error }));
      });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed + ends.length;
}

interface End {
  readonly name: string;
  readonly stopDate: Date;
}

interface Peers {
  readonly executions: Pick<Executions, 'list'>;
  readonly claims: Pick<Claims, 'isFulfilled'>;
  readonly announcer: Announcer;
  readonly warn: (error: Error) => void;
}

async function endsLately(
  executions: Pick<Executions, 'list'>,
  status: ListedVideo['status'],
  now: Date,
): Promise<readonly End[]> {
  const ends: End[] = [];
  let nextToken: string | undefined;
  do {
    const page = await executions.list({
      status,
      limit: PAGE,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    if (page === undefined) throw new Error('Step Functions does not know its own token any more.');
    const young = page.executions.filter(({ startDate }) => ageOf(startDate, now) < LONGEST_RUN_MS);
    for (const { name, stopDate } of young)
      if (stopDate !== undefined && isDue(stopDate, now)) ends.push({ name, stopDate });
    nextToken = young.length === page.executions.length ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return ends;
}

function isDue(stopDate: Date, now: Date): boolean {
  const age = ageOf(stopDate, now);
  return age > YOUNGEST_MS && age < OLDEST_MS;
}

function ageOf(date: Date, now: Date): number {
  return now.getTime() - date.getTime();
}
