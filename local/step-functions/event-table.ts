import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Database } from '../state/database.ts';
import { toEvent } from './execution-rows.ts';

export interface EventRange {
  readonly from: number;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** The histories of all executions on disk, by the name of the execution. */
export interface EventTable {
  appendEvent(name: string, event: HistoryEvent): void;
  countEvents(name: string): number;
  events(name: string, range?: EventRange): HistoryEvent[];
  /** When the newest event of a type happened. */
  lastEventAt(name: string, type: HistoryEvent['type']): Date | undefined;
  /** The events from the newest entry of a state on, or all events where no state was entered. */
  eventsSinceEntry(name: string): HistoryEvent[];
}

const EVERY_EVENT: EventRange = { from: 1, limit: -1, newestFirst: false };

export function createEventTable({ all, get, write }: Database): EventTable {
  return {
    appendEvent(name, { id, type, timestamp, previousEventId: _previous, ...details }) {
      const at = timestamp?.getTime() ?? Date.now();
      write(
        'INSERT INTO event VALUES (?, ?, ?, ?, ?)',
        name,
        id ?? 0,
        at,
        String(type),
        JSON.stringify(details),
      );
    },
    countEvents: (name) =>
      Number(get('SELECT max(id) AS last FROM event WHERE execution = ?', name)?.last ?? 0),
    events(name, { from, limit, newestFirst } = EVERY_EVENT) {
      const order = newestFirst ? 'id <= ? ORDER BY id DESC' : 'id >= ? ORDER BY id';
      return all(`SELECT * FROM event WHERE execution = ? AND ${order} LIMIT ?`, name, from, limit).map(
        toEvent,
      );
    },
    lastEventAt(name, type) {
      const at = get(
        'SELECT max(at) AS at FROM event WHERE execution = ? AND type = ?',
        name,
        String(type),
      )?.at;
      return typeof at === 'number' ? new Date(at) : undefined;
    },
    eventsSinceEntry(name) {
      const entered = "SELECT max(id) FROM event WHERE execution = ? AND type LIKE '%StateEntered'";
      const sql = `SELECT * FROM event WHERE execution = ? AND id >= ifnull((${entered}), 0) ORDER BY id`;
      return all(sql, name, name).map(toEvent);
    },
  };
}
