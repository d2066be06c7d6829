import type { Node } from 'constructs';
import * as z from 'zod/mini';
import {
  allowed,
  browserOrigins,
  flag,
  host,
  metadataKeys,
  origins,
  text,
  wholeNumber,
} from './setting-schemas.ts';

/** What can be set with `-c name=value` or in `cdk.json`; every one has a default. */
export interface Settings {
  /** MiniMax's host; mainland's is `https://api.minimax.cn`, with the older name `https://api.minimaxi.com`. @default 'https://api.minimax.io' */
  readonly minimaxHost: string;
  /** Name of the Secrets Manager secret that holds the MiniMax key. @default 'minimax/api-key' */
  readonly apiKeySecret: string;
  /** Seconds between the create and the first check. @default 30 */
  readonly firstWaitSeconds: number;
  /** Seconds between two checks in the first ten minutes. @default 10 */
  readonly pollSeconds: number;
  /** Hours after which an unfinished task is given up. @default 9 */
  readonly giveUpAfterHours: number;
  /**
   * Megabytes (of 1,000,000 bytes) that a video may have, 20,000 at most. A video that took several attempts is read
   * once more for its SHA-256: 25 MB/s fit 20,000 MB into the 15 minutes of a function. In 10,000 parts of 5 MiB it would have room.
   * @default 2048
   */
  readonly maxVideoMegabytes: number;
  /** Who may call the API: AWS identities, or holders of an API key. @default 'iam' */
  readonly auth: 'iam' | 'key';
  /** Requests a second for each method from all callers, and for all methods from each key. A target, not a ceiling. @default 5 */
  readonly requestsPerSecond: number;
  /** Requests for each method at the same instant. @default 10 */
  readonly burstRequests: number;
  /** With API keys: the videos that all keys together may start within 24 hours. @default 500 */
  readonly postsPerDay: number;
  /** Origins from which videos and images may come without https and from any address. @default [] */
  readonly trustedDownloadOrigins: readonly string[];
  /** Whether there are metrics, a dashboard and alarms. @default 'on' */
  readonly monitoring: 'on' | 'off';
  /** Whether MiniMax calls back when a task changes, which saves most checks. @default false */
  readonly callbacks: boolean;
  /** Metadata keys by which a list can be filtered, three at most. Run `npm run reindex` after a change. @default [] */
  readonly listedMetadata: readonly string[];
  /**
   * Callers' idempotency keys become ids within it. Two deployments that share a bucket and their callers' keys set an equal one.
   * @default account, region, stack and construct
   */
  readonly namespace?: string;
  /**
   * Who sees, cancels and uses the videos and uploads of a caller: that caller alone, or every caller of the API. Videos that were
   * started in the console belong to no caller, and the API shows them to `everyone` only. Run `npm run reindex` after a change.
   * @default 'owner'
   */
  readonly visibility: 'owner' | 'everyone';
  /** An email address that gets the alarms, beside other subscribers of the topic. @default none */
  readonly alarmEmail?: string;
  /** Origins of web pages that may call the API, and send and read files by signed links. @default [] */
  readonly corsOrigins: readonly string[];
  /** Days for which a new `video.mp4` is kept. `job.json` stays. @default for ever */
  readonly retentionDays?: number;
}

/** A setting that cannot be used as it was given. */
export class InvalidSetting extends Error {}

/** A context key of the stack, not of the construct in it. */
const STACK_NAME = 'stackName';

/** Settings of earlier names, which are rejected with the name of today. */
const RENAMED: Readonly<Record<string, keyof Settings>> = { doorbell: 'callbacks' };

/** The least and the greatest value of each setting that a construct takes as a `Duration` or a `Size`. */
export const RANGES = {
  firstWaitSeconds: [1, 3600],
  pollSeconds: [1, 3600],
  giveUpAfterHours: [1, 48],
  maxVideoMegabytes: [1, 20_000],
  retentionDays: [1, 36_500],
} as const satisfies Partial<Readonly<Record<keyof Settings, readonly [min: number, max: number]>>>;

const SCHEMA = z.object({
  minimaxHost: z._default(
    allowed(
      'an https origin without a path, such as https://api.minimax.io or https://api.minimax.cn (http only for loopback)',
      host,
    ),
    'https://api.minimax.io',
  ),
  apiKeySecret: z._default(
    allowed(
      'the name of a Secrets Manager secret: 1 to 512 letters, digits and /_+=.@-',
      text(/^[\w/+=.@-]{1,512}$/),
    ),
    'minimax/api-key',
  ),
  firstWaitSeconds: numberSetting(30, ...RANGES.firstWaitSeconds),
  pollSeconds: numberSetting(10, ...RANGES.pollSeconds),
  giveUpAfterHours: numberSetting(9, ...RANGES.giveUpAfterHours),
  maxVideoMegabytes: numberSetting(
    2048,
    ...RANGES.maxVideoMegabytes,
    ' (to read a larger file again for its SHA-256 takes longer than the 15 minutes of a function)',
  ),
  auth: z._default(allowed('iam (AWS identities) or key (API keys)', z.enum(['iam', 'key'])), 'iam'),
  requestsPerSecond: numberSetting(5, 1, 10_000),
  burstRequests: numberSetting(10, 1, 5_000),
  postsPerDay: numberSetting(500, 1, 1_000),
  trustedDownloadOrigins: z._default(
    allowed('origins such as http://127.0.0.1:8080, separated by commas', origins),
    [],
  ),
  monitoring: z._default(
    allowed('on (metrics, a dashboard and alarms) or off (none of them)', z.enum(['on', 'off'])),
    'on',
  ),
  callbacks: z._default(allowed('true or false', flag), false),
  listedMetadata: z._default(
    allowed(
      'three metadata keys at most, each once and of 1 to 64 letters, digits and _.-, separated by commas',
      metadataKeys,
    ),
    [],
  ),
  namespace: z.optional(allowed('1 to 128 letters, digits and _./:-', text(/^[\w./:-]{1,128}$/))),
  visibility: z._default(
    allowed('owner (each caller its own videos) or everyone (all videos)', z.enum(['owner', 'everyone'])),
    'owner',
  ),
  alarmEmail: z.optional(
    allowed('one email address, such as operator@example.com', text(/^[^\s@,]+@[^\s@,]+$/)),
  ),
  corsOrigins: z._default(
    allowed(
      'exact origins such as https://app.example.com, each once, separated by commas, without a path and without *',
      browserOrigins,
    ),
    [],
  ),
  retentionDays: z.optional(allowed('a whole number from 1 to 36500', wholeNumber(...RANGES.retentionDays))),
});

export const SETTING_NAMES = Object.keys(SCHEMA.shape) as readonly (keyof Settings)[];

function numberSetting(byDefault: number, min: number, max: number, reason = '') {
  const message = `a whole number from ${min} to ${max}${reason}`;
  return z._default(allowed(message, wholeNumber(min, max)), byDefault);
}

/** Reads the settings from the context of a construct. @throws InvalidSetting that names the key, the value and what is allowed */
export function readSettings(node: Node): Settings {
  const context: Readonly<Record<string, unknown>> = node.getAllContext();
  const settings = toSettings(context);
  rejectUnknown(Object.keys(context), [...SETTING_NAMES, STACK_NAME]);
  return settings;
}

/** Reads the stack's name from the context. Deployments in one account and region differ by it. @throws InvalidSetting */
export function readStackName(node: Node): string {
  const given: unknown = node.tryGetContext(STACK_NAME) ?? 'TemplateVideo';
  if (typeof given === 'string' && /^[a-z][a-z0-9-]{0,127}$/i.test(given)) return given;
  throw wrong(STACK_NAME, given, '1 to 128 letters, digits and dashes, the first one a letter');
}

/** Settings from an object that may hold other things too; a setting that is not given has its default. @throws InvalidSetting */
export function toSettings(from: Readonly<Record<string, unknown>>): Settings {
  for (const [old, now] of Object.entries(RENAMED))
    if (from[old] !== undefined) throw new InvalidSetting(`Setting ${old} is called ${now} now.`);
  const given = Object.fromEntries(SETTING_NAMES.map((key) => [key, from[key] ?? undefined]));
  const { data: settings, error } = SCHEMA.safeParse(given);
  if (settings === undefined) throw toInvalidSetting(given, error);
  if (settings.monitoring === 'off' && settings.alarmEmail !== undefined)
    throw wrong('alarmEmail', settings.alarmEmail, 'none with monitoring=off, which has no alarms');
  return settings;
}

/** The CDK's own keys have a colon, a slash or a dash in them. A plain word is meant for this app, and may be misspelt. */
function rejectUnknown(given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((key) => /^\w+$/.test(key) && !known.includes(key));
  if (unknown.length > 0)
    throw new InvalidSetting(`Setting ${unknown.join(', ')} is not known; known are ${known.join(', ')}.`);
}

function toInvalidSetting(given: Readonly<Record<string, unknown>>, { issues }: z.core.$ZodError) {
  const [{ path = [], message = '' } = {}] = issues;
  const key = String(path[0]);
  return wrong(key, given[key], message);
}

function wrong(key: string, value: unknown, message: string): InvalidSetting {
  return new InvalidSetting(`Setting ${key} is ${JSON.stringify(value)}; allowed is ${message}.`);
}
