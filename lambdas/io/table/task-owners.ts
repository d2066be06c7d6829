import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { TASK_INDEX, taskItemKey } from '../../core/table/layout.ts';
import type { Table } from './table.ts';

/** Whose tasks MiniMax's tasks are, as far as the table knows. */
export interface TaskOwners {
  /**
   * May this owner adopt the task? Its own task, it may. A task that no video of this service has created belongs to the owner who
   * adopts it first.
   * @throws TableUnavailable
   */
  claim(taskId: string, owner: string): Promise<boolean>;
}

const IS_OWN = '#owner = :owner';

const taskVideo = z.object({ owner: z.optional(z.string()), adopted: z.optional(z.boolean()) });

export function createTaskOwners(table: Table): TaskOwners {
  /** The videos of a task. Few have more than one. */
  async function videosOf(taskId: string): Promise<readonly z.infer<typeof taskVideo>[]> {
    const { Items = [] } = await table.call((client, options) =>
      client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: TASK_INDEX.name,
          KeyConditionExpression: '#task = :task',
          ExpressionAttributeNames: { '#task': TASK_INDEX.partition },
          ExpressionAttributeValues: { ':task': taskId },
        }),
        options,
      ),
    );
    return Items.map((item) => z.safeParse(taskVideo, item).data ?? {});
  }

  /** @param condition under which the claim is written, with `:owner` */
  async function write(taskId: string, owner: string, condition: string): Promise<boolean> {
    const claimed = await table.callIf((client, options) =>
      client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...taskItemKey(taskId), owner },
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner },
        }),
        options,
      ),
    );
    return claimed !== undefined;
  }

  return {
    async claim(taskId, owner) {
      const videos = await videosOf(taskId);
      const created = videos.filter(({ adopted }) => adopted !== true);
      if (created.length > 0) return created.some((video) => video.owner === owner);
      const mayBeFirst = videos.length === 0 || videos.some((video) => video.owner === owner);
      return write(taskId, owner, mayBeFirst ? `attribute_not_exists(pk) OR ${IS_OWN}` : IS_OWN);
    },
  };
}
