import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { JobRecord } from '../../core/job/job-record.ts';
import { type ListRules, toVideoItems, type VideoItem } from '../../core/table/entry.ts';
import { LIST_INDEXES, POSITION } from '../../core/table/layout.ts';
import { isBelow } from '../../core/table/mending.ts';
import { atOnce } from './at-once.ts';
import { readVersions } from './item-versions.ts';
import type { Table } from './table.ts';

/**
 * The videos in the table. A video is written when it is accepted, when its task is known, and at its end; and when it is redriven. The
 * table is an index: where a write fails, the next one or the hourly sweep mends it.
 */
export interface VideoIndex {
  /**
   * Writes what a job document says, unless the table has something later.
   * @returns whether anything was written
   * @throws TableUnavailable
   */
  put(record: JobRecord): Promise<boolean>;
  /**
   * Writes what the table does not have of these job documents, after reading a hundred versions a call.
   * @returns how many items were missing or behind
   * @throws TableUnavailable
   */
  mend(records: readonly JobRecord[]): Promise<number>;
}

const CONCURRENT_WRITES = 10;

export function createVideoIndex(table: Table, rules: ListRules): VideoIndex {
  async function putItem(item: VideoItem): Promise<boolean> {
    const command = new UpdateCommand(toUpdate(table.name, item));
    const written = await table.callIf((client, options) => client.send(command, options));
    return written !== undefined;
  }

  return {
    async put(record) {
      const written = await Promise.all(toVideoItems(record, rules).map(putItem));
      return written.some((isWritten) => isWritten);
    },

    async mend(records) {
      const items = records.flatMap((record) => toVideoItems(record, rules));
      const keys = items.map(({ key }) => key);
      const stored = await readVersions(table, keys);
      const behind = items.filter(
        ({ key, version }) => !stored.has(key) || isBelow(stored.get(key), version),
      );
      const errors: unknown[] = [];
      let written = 0;
      // An item that the table always rejects must not keep the others from being mended.
      const put = async (item: VideoItem): Promise<void> => {
        const isWritten = await putItem(item).catch((error: unknown) => void errors.push(error));
        if (isWritten) written += 1;
      };
      await atOnce(behind, put, { limit: CONCURRENT_WRITES });
      if (errors.length > 0) throw errors[0];
      return written;
    },
  };
}

const INDEX_KEYS = Object.values(LIST_INDEXES).map(({ partition }) => partition);

/**
 * Sets the attributes of an item, where its version is above the one in the table. Takes the item out of the indexes that it has left. The position of a video never changes.
 */
export function toUpdate(
  TableName: string,
  { key, version, attributes }: VideoItem,
  condition = 'attribute_not_exists(#version) OR #version < :version',
): UpdateCommandInput {
  const given = Object.entries({ ...attributes, version }).filter(([, value]) => value !== undefined);
  const assignments = given.map(([name]) =>
    name === POSITION ? `#${name} = if_not_exists(#${name}, :${name})` : `#${name} = :${name}`,
  );
  const gone = INDEX_KEYS.filter((name) => attributes[name] === undefined);
  const removal = gone.length === 0 ? '' : ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}`;
  const names = [...given.map(([name]) => name), ...gone];
  return {
    TableName,
    Key: key,
    UpdateExpression: `SET ${assignments.join(', ')}${removal}`,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
  };
}
