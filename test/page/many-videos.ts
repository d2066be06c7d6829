import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { fillTable } from '../../bench/list/fill.ts';
import { FAILED, SUCCEEDED } from '../../bench/list/videos.ts';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import { type ListRules, toVideoItems } from '../../lambdas/core/table/entry.ts';
import { POSITION, SHOWN } from '../../lambdas/core/table/layout.ts';
import type { RunningService } from '../harness/running-service.ts';

export const ANIME = '394514820878671878';
export const RUN_FOR_LIFE = '393769180141805569';
const RULES: ListRules = { visibility: 'owner', listedMetadata: [] };
const FIRST = Date.parse('2026-10-01T00:00:00.000Z');
const HOUR = 3_600_000;

/** As `old-0007`, started seven hours after the first. */
export function idOf(number: number): string {
  return `old-${String(number).padStart(4, '0')}`;
}

/** One in ten has failed, and one in four is of another template. */
function recordOf(number: number, owner: string): JobRecord {
  const created = FIRST + number * HOUR;
  const end = { finished_at: new Date(created + 125_000).toISOString(), redrives: 0 };
  const video_id = idOf(number);
  return {
    video_id,
    created_at: new Date(created).toISOString(),
    execution_arn: `arn:aws:states:us-east-1:123456789012:execution:TemplateVideo:${video_id}`,
    owner,
    request: {
      template_id: number % 4 === 0 ? RUN_FOR_LIFE : ANIME,
      text_inputs: [{ value: 'Lion' }],
      metadata: { note: `note ${number}` },
    },
    ...end,
    ...(number % 10 === 0 ? FAILED : SUCCEEDED),
  } as JobRecord;
}

/** What an item may hold that no function has written. */
export const BROKEN: Readonly<Record<string, (shown: object) => unknown>> = {
  'no fields': () => ({}),
  'no object': () => 'a text',
  'no field at all': () => undefined,
  'an unknown status': (shown) => ({ ...shown, status: 'exploded' }),
  'numbers in the place of texts': (shown) => ({ ...shown, video_id: 5, status: 7, created_at: 9 }),
};

/** Broken items that can still be shown in part. */
export const ODD: Readonly<Record<string, (shown: object) => unknown>> = {
  'texts in the place of numbers': (shown) => ({ ...shown, bytes: 'many', estimated_usd: 'much' }),
  'times that are none': (shown) => ({ ...shown, created_at: 'soon', finished_at: 'later' }),
  'metadata that is no JSON': (shown) => ({ ...shown, metadata_json: '{"a":' }),
  'an unknown template': (shown) => ({ ...shown, template_id: '<img src=x onerror="window.hit=1">' }),
};

/** Writes videos of one owner into the table, oldest first, and behind each hundredth one that is broken. @returns how many are broken beyond repair */
export async function writeVideos({ table }: RunningService, owner: string, count: number): Promise<number> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const records = numbers.map((number) => recordOf(number, owner));
  await table.call((client) => fillTable({ client, tableName: table.name }, records, RULES));
  const breaking = Object.values({ ...BROKEN, ...ODD });
  for (const [index, spoil] of breaking.entries()) {
    const [item] = toVideoItems({ ...recordOf(index * 100 + 50, owner), video_id: `broken-${index}` }, RULES);
    if (item === undefined) throw new Error('A record has an item.');
    const { key, version, attributes } = item;
    const shown = spoil(attributes[SHOWN] as object);
    const position = `${String(attributes[POSITION]).split('#')[0]}#broken-${index}`;
    const Item = { ...key, ...attributes, version, [SHOWN]: shown, [POSITION]: position };
    await table.call((client) => client.send(new PutCommand({ TableName: table.name, Item })));
  }
  return Object.keys(BROKEN).length;
}
