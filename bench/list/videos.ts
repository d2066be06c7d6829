import { createHash } from 'node:crypto';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import type { ListFilter } from '../../lambdas/core/table/list-filter.ts';

/** The settings under which the videos are written. */
export const RULES = { visibility: 'owner', listedMetadata: ['order', 'customer'] } as const;

/** Owners by their share of all videos, in percent. */
const SHARES = { 'key a1b2c3d4e5': 70, 'iam AIDAEXAMPLEEXAMPLE42': 20, 'key f6g7h8i9j0': 10 } as const;
export const [OWNER] = Object.keys(SHARES) as [string, ...string[]];

const TEMPLATES = 20;
const CUSTOMERS = 200;
const FIRST = Date.parse('2026-10-01T00:00:00.000Z');
const BETWEEN_MS = 25_920;
const template = (number: number): string => String(393_769_180_141_800_000n + BigInt(number));

/** The job documents of videos, 3,333 a day, each later than the one before. Always the same ones. */
export function* jobRecords(count: number): Generator<JobRecord> {
  for (let number = 0; number < count; number += 1) yield jobRecord(number, count);
}

function jobRecord(number: number, count: number): JobRecord {
  const created = FIRST + number * BETWEEN_MS;
  const video_id = `0199${number.toString(16).padStart(4, '0')}-4b1c-7d2e-8f30-${(number * 7919).toString(16).padStart(12, '0')}`;
  const metadata = {
    order: `order-${number}`,
    customer: `customer-${mixed(number, 'customer') % CUSTOMERS}`,
    shelf: number % 9,
  };
  return {
    video_id,
    created_at: new Date(created).toISOString(),
    execution_arn: `arn:aws:states:us-east-1:123456789012:execution:TemplateVideo:${video_id}`,
    owner: ownerOf(number),
    request: {
      template_id: template(mixed(number, 'template') % TEMPLATES),
      text_inputs: [{ value: 'Lion' }],
      metadata,
    },
    task: {
      task_id: String(420_000_000_000_000_000n + BigInt(number)),
      kind: 'template',
      adopted: false,
      waiting_since: new Date(created + 2_000).toISOString(),
    },
    ...endOf(number, count, created),
  };
}

/** The newest twenty still run. Of the others, one in twelve has failed. */
function endOf(number: number, count: number, created: number): object {
  if (number >= count - 20) return {};
  const end = { finished_at: new Date(created + 300_000).toISOString(), redrives: 0 };
  return { ...end, ...(isFailed(number) ? FAILED : SUCCEEDED) };
}

/** How a video has ended whose content MiniMax has rejected, and what that cost. */
export const FAILED = {
  status: 'failed',
  error: {
    Error: 'ContentRejected',
    Cause: 'It was rejected.',
    title: 'MiniMax judged the content sensitive',
    money_spent: 'no',
    retry: 'new_request',
  },
  price: { template_usd: 0, transitions: 96, orchestration_usd: 0.0024, estimated_usd: 0.0024 },
} as const;

/** How a video has ended that was stored, and what that cost. */
export const SUCCEEDED = {
  status: 'succeeded',
  video: {
    bucket: 'videos',
    key: `videos/x/video.mp4`,
    bytes: 4_194_304,
    sha256: 'ab',
    content_type: 'video/mp4',
  },
  price: { template_usd: 0.45, transitions: 96, orchestration_usd: 0.0024, estimated_usd: 0.4524 },
} as const;

function isFailed(number: number): boolean {
  return mixed(number, 'end') % 12 === 0;
}

function ownerOf(number: number): string {
  let place = mixed(number, 'owner') % 100;
  for (const [owner, share] of Object.entries(SHARES)) {
    if (place < share) return owner;
    place -= share;
  }
  return OWNER;
}

/** Spreads numbers, differently for each use, so that owner, template, customer and end do not go together. */
function mixed(number: number, use: string): number {
  return createHash('sha1').update(`${use} ${number}`).digest().readUInt32BE();
}

/** The filters that are measured, by name. */
export function filters(count: number): Readonly<Record<string, ListFilter>> {
  const owner = OWNER;
  const at = (part: number): string => new Date(FIRST + Math.floor(count * part) * BETWEEN_MS).toISOString();
  const created = { createdAfter: at(0.4), createdBefore: at(0.6) };
  const metadata = { key: 'customer', value: 'customer-7' };
  const all = Array.from({ length: count }, (_, number) => number);
  const failed = all.find((number) => ownerOf(number) === owner && isFailed(number)) ?? 0;
  const narrowings = {
    none: {},
    template_id: { template: template(3) },
    'metadata.customer': { metadata },
    'metadata.order': { metadata: { key: 'order', value: `order-${failed}` } },
    created: created,
    'metadata.customer, template_id': { metadata, template: template(7) },
  };
  const both = Object.entries(narrowings).flatMap(([name, narrowing]) => [
    [name, { owner, ...narrowing }],
    [name === 'none' ? 'status' : `${name}, status`, { owner, ...narrowing, status: 'failed' }],
  ]);
  return Object.fromEntries(both);
}
