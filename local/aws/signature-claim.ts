import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Why a signature is invalid, with S3's code. */
export interface SignatureFault {
  readonly code:
    | 'AccessDenied'
    | 'AuthorizationHeaderMalformed'
    | 'InvalidAccessKeyId'
    | 'RequestTimeTooSkewed'
    | 'SignatureDoesNotMatch';
  readonly message: string;
}

/** The signature of a request with its parameters, before it is verified. */
export interface SignatureClaim {
  readonly place: 'headers' | 'query';
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly datetime: string;
  readonly expires: string;
}

const MAX_SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

/** @returns undefined for a request without a signature, or with two */
export function toClaim({ headers, url = '' }: IncomingMessage): SignatureClaim | undefined {
  const { authorization } = headers;
  const query = queryOf(url);
  const isInQuery = query.has('X-Amz-Algorithm');
  const of = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  if (isInQuery && authorization === undefined && of('Algorithm') === 'AWS4-HMAC-SHA256')
    return {
      place: 'query',
      credential: of('Credential'),
      signedHeaders: of('SignedHeaders'),
      signature: of('Signature'),
      datetime: of('Date'),
      expires: of('Expires'),
    };
  const parts = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([^, ]+)$/.exec(
    authorization ?? '',
  );
  if (parts === null || isInQuery) return undefined;
  const [, credential = '', signedHeaders = '', signature = ''] = parts;
  const datetime = String(headers['x-amz-date']);
  return { place: 'headers', credential, signedHeaders, signature, datetime, expires: '' };
}

/** `20260701T120000Z` in milliseconds since the epoch. */
export function toTime(datetime: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(datetime);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

export function wrongTime(
  { place, expires }: SignatureClaim,
  time: number,
  now: number,
): SignatureFault | undefined {
  const isPlausible = /^\d{1,6}$/.test(expires) && Number(expires) <= MAX_EXPIRES_SECONDS;
  if (place === 'query' && !isPlausible)
    return fault('AuthorizationHeaderMalformed', 'X-Amz-Expires is no number of seconds up to a week.');
  const lastsMs = place === 'query' ? Number(expires) * 1000 : MAX_SKEW_MS;
  if (time - now > MAX_SKEW_MS)
    return fault('RequestTimeTooSkewed', 'The request is signed for a later time.');
  if (now - time <= lastsMs) return undefined;
  return place === 'query'
    ? fault('AccessDenied', 'Request has expired')
    : fault('RequestTimeTooSkewed', 'The request was signed more than 15 minutes ago.');
}

/** The host and every `x-amz-` header have to be signed. */
export function wrongHeaders(
  { place, signedHeaders }: SignatureClaim,
  headers: IncomingHttpHeaders,
): SignatureFault | undefined {
  const names = signedHeaders.split(';');
  const isOrdered = names.every((name, at) => /^[a-z0-9-]+$/.test(name) && (names[at - 1] ?? '') < name);
  const amazon = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  const required = ['host', ...amazon, ...(place === 'headers' ? ['x-amz-date'] : [])];
  const isCovered = required.every((name) => names.includes(name));
  const isPresent = names.every((name) => headers[name] !== undefined);
  if (isOrdered && isCovered && isPresent) return undefined;
  return fault('AccessDenied', 'A header of the request is not signed, or a signed header is missing.');
}

export function wrongQuery({ url = '' }: IncomingMessage): SignatureFault | undefined {
  const names = [...queryOf(url).keys()];
  if (!names.includes('') && new Set(names).size === names.length) return undefined;
  return fault('SignatureDoesNotMatch', 'A parameter of the query repeats, or has no name.');
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
}

export function fault(code: SignatureFault['code'], message: string): SignatureFault {
  return { code, message };
}
