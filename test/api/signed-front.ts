import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Listening, listen, readBody } from '../../local/loopback-server.ts';

export const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret-of-this-test' } as const;
export const API_KEY = 'an-api-key-of-this-test';
export const REGION = 'eu-west-1';

/** Behind this front, the local service takes a request with this header for one of the same caller. It verifies no signature. */
export const AS_CALLER = {
  authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20261123/us-east-1/execute-api/aws4_request`,
};

type Interference = number | 'lose' | 'cut';

/** A proxy in the place of API Gateway. It forwards requests with a right signature or key, and counts the others. */
export interface SignedFront extends Listening {
  readonly refused: () => number;
  /** Spoils the next answers under `/videos`, in turn: another status, no answer after the service has acted, or half an answer. */
  interfere(method: 'GET' | 'POST', faults: readonly Interference[]): void;
}

/** @param added headers of every answer of the service */
export async function startSignedFront(
  serviceUrl: string,
  added: Readonly<Record<string, string>> = {},
): Promise<SignedFront> {
  let refused = 0;
  const faults = new Map<string, Interference[]>();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.headers['x-api-key'] !== API_KEY && !(await isSigned(request, body))) {
      refused += 1;
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}');
      return;
    }
    const { method = '', headers, url } = request;
    const fault = url?.startsWith('/videos') === true ? faults.get(method)?.shift() : undefined;
    if (typeof fault === 'number') {
      response.writeHead(fault, { 'content-type': 'application/json' }).end('{"message":"Interfered"}');
      return;
    }
    const { host } = new URL(serviceUrl);
    const onward = sendRequest(`${serviceUrl}${url}`, { method, headers: { ...headers, host } }, (answer) => {
      if (fault === 'lose') {
        answer.resume().on('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...added });
      if (fault === 'cut') {
        answer.resume();
        response.write('{"video_id":', () => response.destroy());
        return;
      }
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  }

  const server = await listen(createServer(), route, 0);
  return {
    ...server,
    refused: () => refused,
    interfere: (method, given) => void faults.set(method, [...given]),
  };
}

/** Signs the request again with the secret, and compares. */
async function isSigned({ method = '', url = '', headers }: IncomingMessage, body: string): Promise<boolean> {
  const authorization = headers.authorization ?? '';
  const signedNames = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const date = String(headers['x-amz-date']);
  const time = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (!URL.canParse(`http://x${url}`) || Number.isNaN(Date.parse(time))) return false;
  const { pathname, searchParams } = new URL(`http://x${url}`);
  const signed = signedNames.filter((name) => name !== 'x-amz-date');
  const signer = new SignatureV4({
    service: 'execute-api',
    region: REGION,
    credentials: CREDENTIALS,
    sha256: Sha256,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: new Date(time) },
  );
  const signatureOf = (text: string | undefined): string | undefined =>
    /Signature=(\w+)/.exec(text ?? '')?.[1];
  return signatureOf(again.headers.authorization) === signatureOf(authorization);
}
