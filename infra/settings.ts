import type { Node } from 'constructs';

/** What can be set with `-c name=value` or in `cdk.json`; every one has a default. */
export interface Settings {
  /** MiniMax's host; mainland's is `https://api.minimax.cn`, with the older name `https://api.minimaxi.com`. @default 'https://api.minimax.io' */
  readonly minimaxHost: string;
  /** Name of the Secrets Manager secret that holds the MiniMax key. @default 'minimax/api-key' */
  readonly apiKeySecret: string;
  /** Seconds between the create and the first look. @default 30 */
  readonly firstWaitSeconds: number;
  /** Seconds between two looks in the first ten minutes. @default 10 */
  readonly pollSeconds: number;
  /** Hours after which an unfinished task is given up. @default 9 */
  readonly giveUpAfterHours: number;
  /**
   * Megabytes (of 1,000,000 bytes) that a video may have, 20,000 at most: a video that took several attempts is read once more
   * for its SHA-256, and 25 MB/s fit 20,000 MB into the 15 minutes of a function. In 10,000 parts of 5 MiB it would have room.
   * @default 2048
   */
  readonly maxVideoMegabytes: number;
  /** Who may call the API: AWS identities, or whoever has an API key. @default 'iam' */
  readonly auth: 'iam' | 'key';
  /** Requests a second that the API takes of each method from all callers, and of all methods from each key. A target, no ceiling. @default 5 */
  readonly requestsPerSecond: number;
  /** Requests of each method that may come at once. @default 10 */
  readonly burstRequests: number;
  /** With API keys: how many videos may be started within 24 hours, by all keys together. @default 500 */
  readonly postsPerDay: number;
  /** Origins that videos and images may come from without https and from any address. @default [] */
  readonly trustedDownloadOrigins: readonly string[];
  /** Whether there are metrics, a dashboard and alarms. @default 'on' */
  readonly monitoring: 'on' | 'off';
  /** Whether MiniMax is asked to call when a task changes, instead of being asked again and again. @default false */
  readonly callbacks: boolean;
  /**
   * In it, callers' idempotency keys become ids. Two deployments that use one bucket and are to share their callers' keys have
   * the same one. @default account, region, stack and construct
   */
  readonly namespace: string | undefined;
  /** Who is told of an alarm by email, besides whatever else is subscribed to the topic. @default nobody */
  readonly alarmEmail: string | undefined;
}

/** A setting that cannot be used as it was given. */
export class InvalidSetting extends Error {}

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** The one word of the context that is about the stack, and not about the construct in it. */
const STACK_NAME = 'stackName';

/** Reads the settings from the context of a construct. @throws InvalidSetting that names the key, the value and what is allowed */
export function readSettings(node: Node): Settings {
  const context: Readonly<Record<string, unknown>> = node.getAllContext();
  const settings = toSettings(context);
  refuseUnknown(Object.keys(context), [...Object.keys(settings), STACK_NAME]);
  return settings;
}

/** Reads from the context what the stack is called, by which deployments in one account and region differ. @throws InvalidSetting */
export function readStackName(node: Node): string {
  const given: unknown = node.tryGetContext(STACK_NAME) ?? 'TemplateVideo';
  if (typeof given === 'string' && /^[a-z][a-z0-9-]{0,127}$/i.test(given)) return given;
  throw wrong(STACK_NAME, given, '1 to 128 letters, digits and dashes, the first one a letter');
}

/** Settings from whatever was given for them; one that was not has its default. @throws InvalidSetting */
export function toSettings(from: Readonly<Record<string, unknown>>): Settings {
  const given = (key: keyof Settings): unknown => from[key];
  const settings: Settings = {
    minimaxHost: toHost('minimaxHost', given('minimaxHost') ?? 'https://api.minimax.io'),
    apiKeySecret: toSecretName('apiKeySecret', given('apiKeySecret') ?? 'minimax/api-key'),
    firstWaitSeconds: toWholeNumber('firstWaitSeconds', given('firstWaitSeconds') ?? 30, 1, 3600),
    pollSeconds: toWholeNumber('pollSeconds', given('pollSeconds') ?? 10, 1, 3600),
    giveUpAfterHours: toWholeNumber('giveUpAfterHours', given('giveUpAfterHours') ?? 9, 1, 48),
    maxVideoMegabytes: toMegabytes('maxVideoMegabytes', given('maxVideoMegabytes') ?? 2048),
    auth: toOneOf('auth', given('auth') ?? 'iam', { iam: 'AWS identities', key: 'API keys' }),
    requestsPerSecond: toWholeNumber('requestsPerSecond', given('requestsPerSecond') ?? 5, 1, 10_000),
    burstRequests: toWholeNumber('burstRequests', given('burstRequests') ?? 10, 1, 5_000),
    postsPerDay: toWholeNumber('postsPerDay', given('postsPerDay') ?? 500, 1, 1_000),
    trustedDownloadOrigins: toOrigins('trustedDownloadOrigins', given('trustedDownloadOrigins') ?? ''),
    monitoring: toOneOf('monitoring', given('monitoring') ?? 'on', {
      on: 'metrics, a dashboard and alarms',
      off: 'none of them',
    }),
    callbacks: toBoolean('callbacks', given('callbacks') ?? false),
    namespace: toNamespace('namespace', given('namespace')),
    alarmEmail: toEmail('alarmEmail', given('alarmEmail')),
  };
  if (settings.monitoring === 'off' && settings.alarmEmail !== undefined)
    throw wrong('alarmEmail', settings.alarmEmail, 'none with monitoring=off, which has no alarms');
  return settings;
}

/** The CDK's own keys have a colon, a slash or a dash in them; a plain word is meant for us, and may be misspelt. */
function refuseUnknown(given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((key) => /^\w+$/.test(key) && !known.includes(key));
  if (unknown.length > 0)
    throw new InvalidSetting(`Setting ${unknown.join(', ')} is not known; known are ${known.join(', ')}.`);
}

function toHost(key: string, value: unknown): string {
  const allowed =
    'an https origin without a path, such as https://api.minimax.io or https://api.minimax.cn (http only for loopback)';
  const url = toUrl(value);
  if (url === undefined || !isBareOrigin(url)) throw wrong(key, value, allowed);
  if (url.protocol !== 'https:' && !LOOPBACK_HOSTS.includes(url.hostname)) throw wrong(key, value, allowed);
  return url.origin;
}

function toSecretName(key: string, value: unknown): string {
  if (typeof value === 'string' && /^[\w/+=.@-]{1,512}$/.test(value)) return value;
  throw wrong(key, value, 'the name of a Secrets Manager secret: 1 to 512 letters, digits and /_+=.@-');
}

/** @param words what each of the words means */
function toOneOf<Word extends string>(
  key: string,
  value: unknown,
  words: Readonly<Record<Word, string>>,
): Word {
  if (typeof value === 'string' && Object.hasOwn(words, value)) return value as Word;
  const allowed = Object.entries(words).map(([word, meaning]) => `${word} (${meaning})`);
  throw wrong(key, value, allowed.join(' or '));
}

function toBoolean(key: string, value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw wrong(key, value, 'true or false');
}

function toNamespace(key: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[\w./:-]{1,128}$/.test(value))) return value;
  throw wrong(key, value, '1 to 128 letters, digits and _./:-');
}

function toEmail(key: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[^\s@,]+@[^\s@,]+$/.test(value))) return value;
  throw wrong(key, value, 'one email address, such as operator@example.com');
}

const MOST_MEGABYTES = 20_000;

function toMegabytes(key: string, value: unknown): number {
  const because =
    ' (a longer file could not be read once more, for its SHA-256, in the 15 minutes of a function)';
  return toWholeNumber(key, value, 1, MOST_MEGABYTES, because);
}

function toWholeNumber(key: string, value: unknown, least: number, most: number, because = ''): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most) return Number(number);
  throw wrong(key, value, `a whole number from ${least} to ${most}${because}`);
}

function toOrigins(key: string, value: unknown): readonly string[] {
  const allowed = 'origins such as http://127.0.0.1:8080, separated by commas';
  const text = Array.isArray(value) ? value.join() : value;
  if (typeof text !== 'string') throw wrong(key, value, allowed);
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const url = toUrl(part);
      if (url === undefined || !isBareOrigin(url)) throw wrong(key, value, allowed);
      return url.origin;
    });
}

function toUrl(value: unknown): URL | undefined {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
}

function isBareOrigin(url: URL): boolean {
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return (
    isWeb &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  );
}

function wrong(key: string, value: unknown, allowed: string): InvalidSetting {
  return new InvalidSetting(`Setting ${key} is ${JSON.stringify(value)}; allowed is ${allowed}.`);
}
