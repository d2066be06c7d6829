import { createTableStore } from '../../../local/dynamodb/table-store.ts';
import { TableName, VIDEOS } from './videos-table.ts';

/** Moves items between two lists of an index until it is killed, and prints each stored move. Arguments: the folder. */
const [folder = ''] = process.argv.slice(2);
const ITEMS = 20;

const store = await createTableStore({ folder, tables: [VIDEOS] });
await Promise.all(Array.from({ length: ITEMS }, (_, item) => moveForEver(item)));

async function moveForEver(item: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    await move(item, round);
    process.stdout.write(`${item} ${round}\n`);
  }
}

async function move(item: number, round: number): Promise<void> {
  const request = {
    TableName,
    Key: { pk: { S: `video#${item}` }, sk: { S: 'video' } },
    UpdateExpression: 'SET listed = :list, created = :created, title = :title',
    ExpressionAttributeValues: {
      ':list': { S: round % 2 === 0 ? 'a' : 'b' },
      ':created': { S: String(round) },
      ':title': { S: `round ${round}` },
    },
  };
  const { status, body } = await store.call(
    'DynamoDB_20120810.UpdateItem',
    Buffer.from(JSON.stringify(request)),
  );
  if (status !== 200) throw new Error(body);
}
