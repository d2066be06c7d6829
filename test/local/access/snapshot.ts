import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableStore } from '../../../local/dynamodb/table-store.ts';
import type { RunningService } from '../../harness/running-service.ts';

/** Everything that a request could have written, started or ended. */
export async function snapshotOf({ service, simulator }: RunningService, folder: string): Promise<unknown> {
  const objects = join(folder, 'objects');
  const entries = await readdir(objects, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      // The file may be removed in this moment.
      const content = await readFile(join(parentPath, name)).catch(() => 'gone');
      return `${parentPath}/${name} ${createHash('sha256').update(content).digest('hex')}`;
    });
  return {
    files: (await Promise.all(files)).sort(),
    executions: service.engine.executions
      .list({ limit: 10_000 })
      .executions.map(({ name, status }) => `${name} ${status}`),
    events: service.bus.events.length,
    creates: simulator.creates.length,
    tables: await Promise.all(service.deployment.tables.map(({ name }) => itemsOf(service.tables, name))),
  };
}

async function itemsOf(tables: TableStore, TableName: string): Promise<string> {
  const scan = Buffer.from(JSON.stringify({ TableName, ConsistentRead: true }));
  return (await tables.call('DynamoDB_20120810.Scan', scan)).body;
}
