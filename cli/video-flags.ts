import { randomUUID } from 'node:crypto';
import { isLoopback } from '../client/address.ts';
import { isExecutionName } from '../lambdas/core/job/video-id.ts';
import { printable } from '../lambdas/core/text/plain.ts';
import { UsageError } from '../local/user-error.ts';
import type { VIDEO } from './commands.ts';
import type { LocalEnvironment } from './environment.ts';
import type { Values } from './flags.ts';
import type { Order } from './order.ts';
import { toOrder } from './request-flags.ts';

/** The video to make, and how to reach the service that makes it. */
export interface VideoFlags extends Order {
  /** The MP4 file, or the folder to put it into. */
  readonly out: string;
  /** The address to POST to; undefined where the stack has to be asked for it. */
  readonly url: string | undefined;
  readonly stack: string;
  /** An API key, instead of a signature. */
  readonly key: string | undefined;
  /** Whether the key comes from the command, and not from the environment. */
  readonly isKeyFlag: boolean;
  /** A video that exists already: nothing is POSTed. */
  readonly video: string | undefined;
  readonly idempotencyKey: string;
  readonly isJson: boolean;
}

/** @throws UsageError */
export async function toVideoFlags(
  values: Values<typeof VIDEO.flags>,
  { templateVideoApiKey }: Pick<LocalEnvironment, 'templateVideoApiKey'> = {},
): Promise<VideoFlags> {
  rejectContradictions(values);
  const { url, video, 'idempotency-key': idempotencyKey = randomUUID() } = values;
  const stack = toStackName(values.stack);
  const key = values.key ?? templateVideoApiKey?.replace(/[\r\n]+$/, '');
  if (url !== undefined) assertVideosUrl(url);
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UsageError(
      `${values.key === undefined ? 'TEMPLATE_VIDEO_API_KEY' : '--key'} is not a key: it has no spaces and only ASCII characters.`,
    );
  if (!/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(idempotencyKey))
    throw new UsageError(
      '--idempotency-key takes 1 to 255 printable ASCII characters, without spaces around them.',
    );
  if (video !== undefined && !isExecutionName(video))
    throw new UsageError(`--video is "${video}"; allowed is the id of a video.`);
  return {
    ...(await toOrder(values)),
    out: values.out,
    url: url && toOwnHost(url).replace(/\/$/, ''),
    stack,
    key,
    isKeyFlag: values.key !== undefined,
    video,
    idempotencyKey,
    isJson: values.json,
  };
}

/** A name or an ARN, and the path of a service in it: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const STACK = /^(?:[A-Za-z][A-Za-z0-9-]{0,127}(?:\/[\w/.-]+)?|arn:[\w:/.-]+)$/;

/** @param given as --stack. @throws UsageError */
export function toStackName(given = 'TemplateVideo'): string {
  if (STACK.test(given)) return given;
  throw new UsageError(`--stack is "${printable(given)}"; allowed is the name or the ARN of a stack.`);
}

/** A flag that another one makes useless is an error. */
function rejectContradictions(values: Values<typeof VIDEO.flags>): void {
  const { template, media, text, task, url, stack, video } = values;
  if (url !== undefined && stack !== undefined)
    throw new UsageError('--url and --stack both say where to POST; give one of them.');
  const ordered = [template, media, text, task, values['idempotency-key']];
  if (video !== undefined && ordered.some((flag) => flag !== undefined))
    throw new UsageError(
      '--video waits for a video that exists, so flags of a new video cannot be used with it.',
    );
}

/** A key or a signature must not travel unencrypted. */
function assertVideosUrl(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const problem = url === undefined ? 'is no URL' : problemOf(url);
  if (problem === undefined) return;
  throw new UsageError(
    `--url ${printable(withoutSecrets(given))} ${problem}; allowed is the stack's output VideosUrl, as in https://…/prod/videos (http only on this machine).`,
  );
}

function problemOf(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is no web address';
  if (url.protocol === 'http:' && !isLoopback(url)) return 'is not https';
  if (url.username !== '' || url.password !== '') return 'has a user name or password in it';
  if (url.search !== '') return 'has a query';
  if (url.hash !== '') return 'has a fragment';
  return /\/videos\/?$/.test(url.pathname) ? undefined : 'does not end in /videos';
}

/** Without user name, password and query. */
function withoutSecrets(address: string): string {
  return address.replace(/[^/]*@/, '…@').replace(/\?.*/s, '?…');
}

/** The local service answers `localhost` with a redirect to 127.0.0.1, which the client does not follow. */
function toOwnHost(url: string): string {
  return url.replace(/^http:\/\/localhost(?=[:/])/i, 'http://127.0.0.1');
}
