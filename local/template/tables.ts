import * as z from 'zod/mini';
import type { SynthesizedTemplate } from './template.ts';

const keySchema = z.readonly(
  z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
);

const tableProperties = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.readonly(
    z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  ),
  GlobalSecondaryIndexes: z.optional(
    z.readonly(
      z.array(
        z.object({
          IndexName: z.string(),
          KeySchema: keySchema,
          Projection: z.object({
            ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
            NonKeyAttributes: z.optional(z.readonly(z.array(z.string()))),
          }),
        }),
      ),
    ),
  ),
});

/** The keys and indexes of a table. CloudFormation and CreateTable use the same words. */
export type TableSchema = z.output<typeof tableProperties>;

/** A DynamoDB table as the synthesized template describes it. */
export interface TableDefinition {
  readonly name: string;
  readonly schema: TableSchema;
}

/** @throws Error for a table with local secondary indexes */
export function readTables(template: SynthesizedTemplate): readonly TableDefinition[] {
  return [...template.resources('AWS::DynamoDB::Table')].map(([logicalId, properties]) => {
    const { LocalSecondaryIndexes } = properties;
    if (LocalSecondaryIndexes !== undefined)
      throw new Error(`The local service does not support the local secondary indexes of ${logicalId}.`);
    return { name: template.nameOf(logicalId), schema: z.parse(tableProperties, properties) };
  });
}
