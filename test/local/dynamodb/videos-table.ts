import type { TableDefinition } from '../../../local/template/tables.ts';

/** `newest` holds the items with a list, `task` those with a number. */
export const VIDEOS: TableDefinition = {
  name: 'Videos',
  schema: {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'listed', AttributeType: 'S' },
      { AttributeName: 'created', AttributeType: 'S' },
      { AttributeName: 'task_number', AttributeType: 'N' },
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
      {
        IndexName: 'task',
        KeySchema: [{ AttributeName: 'task_number', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  },
};

export const TableName = VIDEOS.name;
