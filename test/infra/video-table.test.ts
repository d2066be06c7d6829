import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { expect, test } from 'vitest';
import { VideoTable } from '../../infra/index.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';

const template = templateOf(appWith());

/** The one table of a template. */
function tableOf(of: Template): unknown {
  const tables = Object.values(of.findResources('AWS::DynamoDB::Table'));
  expect(tables).toHaveLength(1);
  return tables[0];
}

test('makes the table on demand, encrypted, recoverable to each second, and kept', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: Match.absent(),
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TableName: Match.absent(),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    },
  });
});

test('has five indexes from the start, each with its keys and the attributes that it shows', () => {
  const { Properties } = tableOf(template) as { readonly Properties: TableProperties };
  const lines = Properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => {
    const keys = KeySchema.map(({ AttributeName }) => AttributeName).join('+');
    return `${IndexName}: ${keys} ${Projection.ProjectionType} ${Projection.NonKeyAttributes.join()}`;
  });
  expect(lines).toEqual([
    'newest: newest_key+position INCLUDE video',
    'status: status_key+position INCLUDE video',
    'template: template_key+position INCLUDE video',
    'template-status: template_status_key+position INCLUDE video',
    'task: task_id INCLUDE owner,adopted',
  ]);
});

interface TableProperties {
  readonly GlobalSecondaryIndexes: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes: readonly string[] };
  }[];
}

test.each([
  { visibility: 'everyone' },
  { listedMetadata: 'order,shop,campaign' },
  { auth: 'key', callbacks: true, monitoring: 'off' },
])('has the same table with %j', (context) => {
  expect(tableOf(templateOf(appWith({ context })))).toEqual(tableOf(template));
});

test('can be made in a stack of its own, with a name and a KMS key, and keeps its keys and indexes', () => {
  const stack = new Stack(new App(), 'Own');
  new VideoTable(stack, 'Table', { tableName: 'videos', encryption: TableEncryption.CUSTOMER_MANAGED });
  const own = tableOf(Template.fromStack(stack)) as Resource;
  const { KeySchema, GlobalSecondaryIndexes, AttributeDefinitions } = (tableOf(template) as Resource)
    .Properties;
  expect(own.Properties).toMatchObject({
    TableName: 'videos',
    SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: expect.anything() },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    KeySchema,
    GlobalSecondaryIndexes,
    AttributeDefinitions,
  });
});

interface Resource {
  readonly Properties: Readonly<Record<string, unknown>>;
}
