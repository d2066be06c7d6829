import {
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  InvalidArn,
  InvalidToken,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { Visit } from '../../core/api/workflow-response.ts';
import { type Place, START } from '../../core/history/place.ts';
import { addEvent, isEntry } from '../../core/history/visits.ts';
import { isInvalid } from './errors.ts';

/** Each event may have an input of 256 KiB, and the function holds all of a page at once. */
const PAGE_EVENTS = 100;

export interface VisitPage {
  readonly visits: readonly Visit[];
  /** Where more follow. */
  readonly next?: Place;
}

/**
 * A page of the history of an execution (GetExecutionHistory, a hundred events a call). A visit of a state is never divided between pages.
 * @returns what Step Functions does not know: the place, as a day after it gave it, or the execution
 */
export async function readVisits(
  executionArn: string,
  limit: number,
  from: Place = START,
  client = new SFNClient(),
): Promise<VisitPage | 'unknown place' | 'unknown execution'> {
  const fold = foldFrom(from, limit);
  let { token } = from;
  do {
    const input = { executionArn, nextToken: token, maxResults: PAGE_EVENTS };
    const page = await client.send(new GetExecutionHistoryCommand(input)).catch(unknownAt(from));
    if (typeof page === 'string') return page;
    // The event of a place is on the page of its token. A made-up place must not be searched for in the whole history.
    if (token === from.token && (page.events?.at(-1)?.id ?? 0) < from.event) return 'unknown place';
    for (const event of page.events ?? []) {
      const next = fold.next(event, token);
      if (next !== undefined) return { visits: fold.visits(), next };
    }
    token = page.nextToken;
  } while (token !== undefined);
  return { visits: fold.visits() };
}

/** Folds the events from a place on into visits, until there are as many as the page may have. */
function foldFrom(from: Place, limit: number) {
  let visits: readonly Visit[] = [];
  /** The newest entry of a state, and the index of its visit. */
  let entry = { place: from, index: 0 };
  return {
    visits: () => visits.slice(from.skip),
    /** @returns the place of the next page where this event belongs to it */
    next(event: HistoryEvent, token: string | undefined): Place | undefined {
      const { id = 0 } = event;
      if (id < from.event) return undefined;
      const more = addEvent(visits, event);
      const own = { place: { event: id, skip: 0, token }, index: more.length - 1 };
      if (more.length > limit + from.skip)
        return isEntry(event) ? own.place : { ...entry.place, skip: visits.length - entry.index };
      if (isEntry(event)) entry = own;
      visits = more;
      return undefined;
    },
  };
}

/** Only a place that was given can be unknown. */
function unknownAt({ token: given }: Place): (error: unknown) => 'unknown place' | 'unknown execution' {
  return (error) => {
    if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn) return 'unknown execution';
    if (given !== undefined && (error instanceof InvalidToken || isInvalid(error))) return 'unknown place';
    throw error;
  };
}
