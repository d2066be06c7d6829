import { isLoopback, isVideoId } from '../../client/address.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import type { LocalEnvironment } from '../environment.ts';

/** The flags that name a service, as given. */
export interface WhereValues {
  readonly stack: string | undefined;
  readonly url: string | undefined;
  readonly local: boolean;
  readonly key: string | undefined;
}

/** The service that a command calls. */
export interface Where {
  /** Undefined where the stack has to be asked for it. */
  readonly url: string | undefined;
  readonly stack: string;
  /** An API key, instead of a signature. */
  readonly key: string | undefined;
  /** For people, as in `the stack TemplateVideo`. */
  readonly name: string;
  /** The flags of another command for this service, without a secret. */
  readonly flags: string;
}

/** The service of `dev` without another port. */
const LOCAL_URL = 'http://127.0.0.1:3000/videos';

/** @throws UsageError */
export function toWhere(
  values: WhereValues,
  { templateVideoApiKey }: Pick<LocalEnvironment, 'templateVideoApiKey'> = {},
): Where {
  const { url: given, local } = values;
  rejectTwoPlaces(values);
  if (given !== undefined) assertUrl(given);
  const stack = toStackName(values.stack);
  const key = values.key ?? templateVideoApiKey?.replace(/[\r\n]+$/, '');
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UsageError(
      `${values.key === undefined ? 'TEMPLATE_VIDEO_API_KEY' : '--key'} is not a key: it has no spaces and only ASCII characters.`,
    );
  const url = local ? LOCAL_URL : given && toVideosUrl(given);
  const flags = [flagsOf({ local, url, stack }), ...(values.key === undefined ? [] : ['--key …'])].join(' ');
  return { url, stack, key, flags, name: nameOf({ local, url, stack }) };
}

/** A name or an ARN, and the path of a service in it: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const STACK = /^(?:[A-Za-z][A-Za-z0-9-]{0,127}(?:\/[\w/.-]+)?|arn:[\w:/.-]+)$/;

/** @param given as --stack. @throws UsageError */
export function toStackName(given = 'TemplateVideo'): string {
  if (STACK.test(given)) return given;
  throw new UsageError(`--stack is "${printable(given)}"; allowed is the name or the ARN of a stack.`);
}

/** @param what the flag or the word. @throws UsageError */
export function toVideoId(what: string, given: string): string {
  if (isVideoId(given)) return given;
  throw new UsageError(`${what} is "${printable(given)}"; allowed is the id of a video.`);
}

function rejectTwoPlaces({ stack, url, local }: WhereValues): void {
  const given = [url !== undefined && '--url', stack !== undefined && '--stack', local && '--local'].filter(
    (flag) => flag !== false,
  );
  if (given.length > 1)
    throw new UsageError(`${given.join(' and ')} both say which service to call; give one of them.`);
}

type Place = Pick<Where, 'url' | 'stack'> & Pick<WhereValues, 'local'>;

function flagsOf({ local, url, stack }: Place): string {
  if (local) return '--local';
  return url === undefined ? `--stack ${stack}` : `--url ${url}`;
}

function nameOf({ local, url, stack }: Place): string {
  if (local) return 'the service on this machine';
  return url === undefined ? `the stack ${stack}` : 'the service at --url';
}

/** A key or a signature must not travel unencrypted. */
function assertUrl(given: string): void {
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
  return url.hash === '' ? undefined : 'has a fragment';
}

/** Without user name, password and query. */
function withoutSecrets(address: string): string {
  return address.replace(/[^/]*@/, '…@').replace(/\?.*/s, '?…');
}

/** The local service answers `localhost` with a redirect to 127.0.0.1, which the client does not follow. */
function toVideosUrl(given: string): string {
  const url = given.replace(/^http:\/\/localhost(?=[:/]|$)/i, 'http://127.0.0.1').replace(/\/+$/, '');
  return url.endsWith('/videos') ? url : `${url}/videos`;
}
