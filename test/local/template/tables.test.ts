import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { expect, test } from 'vitest';
import { readTables } from '../../../local/template/tables.ts';
import { toTemplate } from '../../../local/template/template.ts';

const PARTITION = { name: 'pk', type: AttributeType.STRING };
const SORT = { name: 'created', type: AttributeType.NUMBER };

/** The table of a synthesized stack, to which a test adds something. */
function synthesized(add: (table: Table) => void = () => undefined) {
  const app = new App();
  const stack = new Stack(app, 'Tables');
  const table = new Table(stack, 'Videos', {
    partitionKey: PARTITION,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expires',
  });
  add(table);
  return toTemplate(app.synth().getStackByName('Tables').template);
}

test('reads the keys, the attributes and the indexes of a table', () => {
  const template = synthesized((table) => {
    table.addGlobalSecondaryIndex({
      indexName: 'newest',
      partitionKey: { name: 'listed', type: AttributeType.STRING },
      sortKey: SORT,
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['title'],
    });
  });
  const [table, ...others] = readTables(template);
  expect(others).toEqual([]);
  expect(table?.name).toMatch(/^Videos[0-9A-F]{8}$/);
  expect(table?.schema).toEqual({
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'listed', AttributeType: 'S' },
      { AttributeName: 'created', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'newest',
        KeySchema: [
          { AttributeName: 'listed', KeyType: 'HASH' },
          { AttributeName: 'created', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
      },
    ],
  });
});

test('reads a table without indexes, and a stack without tables', () => {
  expect(readTables(synthesized())[0]?.schema).not.toHaveProperty('GlobalSecondaryIndexes');
  expect(readTables(toTemplate({ Resources: {} }))).toEqual([]);
});

test('rejects a local secondary index', () => {
  const app = new App();
  const table = new Table(new Stack(app, 'Tables'), 'Videos', { partitionKey: PARTITION, sortKey: SORT });
  table.addLocalSecondaryIndex({ indexName: 'local', sortKey: { ...SORT, name: 'other' } });
  const template = toTemplate(app.synth().getStackByName('Tables').template);
  expect(() => readTables(template)).toThrow('local secondary indexes of Videos');
});
