import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AwsV4Signer } from 'aws4fetch';
import { REGION } from '../template/template.ts';
import type { RunCredentials } from './credentials.ts';
import {
  fault,
  type SignatureClaim,
  type SignatureFault,
  toClaim,
  toTime,
  wrongHeaders,
  wrongQuery,
  wrongTime,
} from './signature-claim.ts';

/** Verifies that the credentials of this run have signed a request. */
export interface SignatureVerifier {
  /**
   * Signature Version 4 (SigV4), in the headers or in the query of a presigned link:
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
   * @param services the signature has to name one of these
   * @param body the complete body, where no header states its hash
   * @returns undefined for a valid signature
   */
  verify(
    request: IncomingMessage,
    services: readonly string[],
    body?: Buffer,
  ): Promise<SignatureFault | undefined>;
}

/**
 * aws4fetch, which also signs the requests, computes the expected signature. It ignores query parameters that repeat or
 * have no name, so `wrongQuery` rejects them.
 */
export function createSignatureVerifier(
  credentials: RunCredentials,
  now: () => number = Date.now,
): SignatureVerifier {
  const signingKeys = new Map<string, ArrayBuffer>();

  function faultOf(
    claim: SignatureClaim,
    request: IncomingMessage,
    services: readonly string[],
  ): SignatureFault | undefined {
    const [accessKeyId, date, region, service = '', end, ...rest] = claim.credential.split('/');
    if (accessKeyId !== credentials.accessKeyId)
      return fault('InvalidAccessKeyId', 'The access key is not one of this run.');
    const time = toTime(claim.datetime);
    if (
      time === undefined ||
      date !== claim.datetime.slice(0, 8) ||
      end !== 'aws4_request' ||
      rest.length > 0
    )
      return fault('AuthorizationHeaderMalformed', 'The credential scope or the date is malformed.');
    if (region !== REGION || !services.includes(service))
      return fault('SignatureDoesNotMatch', 'The request is signed for another service or region.');
    return wrongTime(claim, time, now()) ?? wrongHeaders(claim, request.headers) ?? wrongQuery(request);
  }

  async function expected(
    claim: SignatureClaim,
    request: IncomingMessage,
    body: Buffer | undefined,
  ): Promise<string> {
    const { host = '', ...headers } = request.headers;
    const url = new URL(`http://${host}${request.url}`);
    url.searchParams.delete('X-Amz-Signature');
    const names = claim.signedHeaders.split(';').filter((name) => name !== 'host');
    const [, , region = '', service = ''] = claim.credential.split('/');
    const signer = new AwsV4Signer({
      ...credentials,
      method: request.method ?? '',
      url: url.href,
      headers: names.map((name) => [name, String(headers[name])] as [string, string]),
      region,
      service,
      datetime: claim.datetime,
      signQuery: claim.place === 'query',
      allHeaders: true,
      cache: signingKeys,
      body: body && new Uint8Array(body),
    });
    return signer.signature();
  }

  return {
    async verify(request, services, body) {
      const claim = toClaim(request);
      if (claim === undefined)
        return fault('AccessDenied', 'The request is not signed with Signature Version 4.');
      const found = faultOf(claim, request, services) ?? wrongBody(request.headers, body);
      if (found !== undefined) return found;
      const isEqual = isSame(claim.signature, await expected(claim, request, body));
      return isEqual
        ? undefined
        : fault('SignatureDoesNotMatch', 'The signature is not that of this request.');
    },
  };
}

/** A hash in the headers is signed instead of the body, so it has to be the hash of the body. */
function wrongBody(headers: IncomingHttpHeaders, body: Buffer | undefined): SignatureFault | undefined {
  const { 'x-amz-content-sha256': stated } = headers;
  if (body === undefined || stated === undefined) return undefined;
  if (stated === createHash('sha256').update(body).digest('hex')) return undefined;
  return fault('SignatureDoesNotMatch', 'The body does not have the signed hash.');
}

function isSame(stated: string, expected: string): boolean {
  const [one, other] = [Buffer.from(stated), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
