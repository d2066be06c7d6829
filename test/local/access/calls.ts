import { AwsV4Signer } from 'aws4fetch';
import type { RunCredentials } from '../../../local/aws/credentials.ts';
import { API_KEY, REQUEST, type RunningService } from '../../harness/running-service.ts';

/** A request that is served without tampering: it reads, writes, starts or ends something. */
export interface Call {
  readonly name: string;
  /** Of its listener. */
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The AWS service for which it is signed. */
  readonly service?: 's3' | 'states' | 'secretsmanager' | 'events' | 'dynamodb';
}

/** How a request differs from a correct one. */
export interface Tampering {
  /** The host that is signed and sent. @default the listener's own */
  readonly host?: string;
  /** Sent after signing. Replaces headers with equal names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly isUnsigned?: boolean;
  /** Signed instead of what is sent. */
  readonly signed?: Partial<ConstructorParameters<typeof AwsV4Signer>[0]>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** The program that serves the page of a deployed service, as a browser that was let in sees it. */
export interface PageProgram {
  readonly url: string;
  /** The path behind its door. */
  readonly inside: string;
  readonly cookie: string;
}

/** The calls of the page's own listener. */
export function pageCallsOf({ url, inside, cookie }: PageProgram): readonly Call[] {
  const page = { url, headers: { ...JSON_TYPE, cookie }, body: '' };
  return [
    { ...page, name: 'the page program gives the page', method: 'GET', path: inside },
    { ...page, name: 'the page program lists videos', method: 'GET', path: `${inside}videos` },
    {
      ...page,
      name: 'the page program starts a video',
      method: 'POST',
      path: `${inside}videos`,
      body: JSON.stringify(REQUEST),
    },
  ];
}

/** At least one call for every protocol of the service and of the simulator. */
export function callsOf({ service, simulator }: RunningService): readonly Call[] {
  const { url, deployment } = service;
  const [bucket = ''] = deployment.buckets;
  const request = JSON.stringify(REQUEST);
  const api = { url, headers: JSON_TYPE, body: '' };
  const s3 = { url, headers: { 'content-type': 'video/mp4' }, body: '', service: 's3' } as const;
  const minimax = { url: simulator.url, headers: { ...JSON_TYPE, authorization: `Bearer ${API_KEY}` } };
  const execution = { stateMachineArn: service.engine.stateMachineArn, input: request };
  return [
    { ...api, name: 'the API starts a video', method: 'POST', path: '/videos', body: request },
    { ...api, name: 'the API lists videos', method: 'GET', path: '/videos' },
    { ...api, name: 'the service gives the page', method: 'GET', path: '/page/style.css' },
    {
      ...api,
      name: 'the API makes an address for an upload',
      method: 'POST',
      path: '/uploads',
      body: UPLOAD,
    },
    { ...s3, name: 'S3 reads an object', method: 'GET', path: `/${bucket}/${SECRET_KEY}` },
    { ...s3, name: 'S3 writes an object', method: 'PUT', path: `/${bucket}/planted.mp4`, body: 'planted' },
    { ...s3, name: 'S3 deletes an object', method: 'DELETE', path: `/${bucket}/${SECRET_KEY}` },
    { ...s3, name: 'S3 lists a bucket', method: 'GET', path: `/${bucket}?list-type=2` },
    toAws(url, 'secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 'minimax/api-key' }),
    toAws(url, 'states', 'AWSStepFunctions.StartExecution', execution),
    toAws(url, 'events', 'AWSEvents.PutEvents', {
      Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }],
    }),
    toAws(url, 'dynamodb', 'DynamoDB_20120810.GetItem', { TableName: TABLE, Key: SECRET_ITEM_KEY }),
    toAws(url, 'dynamodb', 'DynamoDB_20120810.PutItem', { TableName: TABLE, Item: { pk: { S: 'planted' } } }),
    {
      ...minimax,
      name: 'the simulator makes a task',
      method: 'POST',
      path: '/v1/video_template_generation',
      body: request,
    },
  ];
}

/** An object that no rejected request may read. */
export const SECRET_KEY = 'videos/v1/job.json';
export const SECRET_TEXT = 'the text of a stored object';

/** A table beside those of the stack, with an item that no rejected request may read. */
export const TABLE = 'AccessTable';
export const TABLE_RESOURCE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  },
};
const SECRET_ITEM_KEY = { pk: { S: 'v1' } };
export const SECRET_ITEM = { ...SECRET_ITEM_KEY, text: { S: SECRET_TEXT } };

const UPLOAD = JSON.stringify({ content_type: 'image/png', bytes: 100 });

function toAws(url: string, service: NonNullable<Call['service']>, target: string, input: object): Call {
  const type = `application/x-amz-json-1.${['states', 'dynamodb'].includes(service) ? 0 : 1}`;
  const headers = { 'content-type': type, 'x-amz-target': target };
  return { name: target, url, method: 'POST', path: '/', headers, body: JSON.stringify(input), service };
}

/** The bytes of a call, signed where it is for an AWS service, with the tampering. */
export async function toBytes(
  call: Call,
  credentials: RunCredentials,
  { host = new URL(call.url).host, headers = {}, isUnsigned = false, signed = {} }: Tampering = {},
): Promise<string> {
  const { method, path, body, service } = call;
  const signature =
    service === undefined || isUnsigned
      ? {}
      : await signatureOf(call, { ...credentials, host, service, signed });
  const all = {
    ...call.headers,
    ...signature,
    'content-length': String(Buffer.byteLength(body)),
    host,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

async function signatureOf(
  { method, path, body, headers }: Call,
  { host, signed, ...who }: RunCredentials & { service: string; host: string; signed: Tampering['signed'] },
): Promise<Readonly<Record<string, string>>> {
  const url = `http://${host}${path}`;
  const { authorization: _own, 'content-type': _type, ...others } = headers;
  const signer = new AwsV4Signer({
    method,
    url,
    body,
    headers: others,
    region: 'us-east-1',
    ...who,
    ...signed,
  });
  return Object.fromEntries((await signer.sign()).headers);
}
