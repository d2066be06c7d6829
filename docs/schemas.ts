import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { flagsOf } from '../cli/command.ts';
import { DETAIL_TYPES, EVENT_SOURCE } from '../lambdas/core/completion/video-event.ts';
import { announcedRecord, videoRecord } from '../lambdas/core/job/record-schema.ts';

/** An event as EventBridge delivers it: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const videoEvent = z.object({
  version: z.literal('0'),
  id: z
    .string()
    .check(
      z.describe('The id of this delivery. video_id and finished_at together identify the end of a video.'),
    ),
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(DETAIL_TYPES),
  account: z.string(),
  region: z.string(),
  time: z.iso.datetime(),
  resources: z.array(z.string()),
  detail: announcedRecord,
});

/** The JSON Schemas (draft 2020-12) of what the service stores and sends, by the names of their files. */
const SCHEMAS = {
  'job.schema.json': { title: 'job.json of a video that has ended', schema: videoRecord },
  'video-event.schema.json': { title: 'Video Ready and Video Failed on EventBridge', schema: videoEvent },
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
    help: 'Writes the .json schemas of docs/. It has no flags.\n',
  });
  for (const file of SCHEMA_FILES) writeFileSync(join(import.meta.dirname, file), toSchemaText(file));
}
