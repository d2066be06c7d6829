import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { flagsOf } from '../cli/script-flags.ts';
import { videoEventSchema, videoRecordSchema } from '../lambdas/core/events.ts';

/** The JSON Schemas (draft 2020-12) of what the service stores and sends, by the names of their files. */
const SCHEMAS = {
  'job.schema.json': { title: 'job.json of a video that has ended', schema: videoRecordSchema },
  'video-event.schema.json': {
    title: 'Video Ready and Video Failed on EventBridge',
    schema: videoEventSchema,
  },
} as const;

export type SchemaFile = keyof typeof SCHEMAS;
export const SCHEMA_FILES = Object.keys(SCHEMAS) as readonly SchemaFile[];

/** The text of a schema file in docs/. */
export function toSchemaText(file: SchemaFile): string {
  const { title, schema } = SCHEMAS[file];
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

if (import.meta.main) {
  flagsOf({
    name: 'npm run schemas',
    flags: {},
    summary: 'Writes the .json schemas of docs/.',
  });
  for (const file of SCHEMA_FILES) writeFileSync(join(import.meta.dirname, file), toSchemaText(file));
}
