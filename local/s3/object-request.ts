import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

/** The longest key of S3, in bytes. */
const MAX_KEY_BYTES = 1024;
/** Internal names of the store. */
const INTERNAL_NAME = /\._S3rver_|^\.~/i;

/** The characters of S3's paths. Some parsers read `+` as a space, so it has to be written as %2B. */
const PATH = /^(?:[\w.~!$&'()*,;=:@/-]|%[\da-f]{2})+$/i;

/** The operations that the functions and operators need: method, `key` or `bucket`, and the parameters that select the operation. */
const OPERATIONS: readonly string[] = [
  'GET key', // GetObject
  'HEAD key', // HeadObject
  'PUT key', // PutObject
  'DELETE key', // DeleteObject
  'GET key tagging', // GetObjectTagging
  'POST key uploads', // CreateMultipartUpload
  'PUT key partNumber uploadId', // UploadPart
  'POST key uploadId', // CompleteMultipartUpload
  'DELETE key uploadId', // AbortMultipartUpload
  'HEAD bucket', // HeadBucket
  'GET bucket list-type', // ListObjectsV2
  'GET bucket uploads', // ListMultipartUploads
];

/** The parameters that select an operation. */
const SUBRESOURCES = [
  ...['accelerate', 'acl', 'analytics', 'attributes', 'cors', 'delete', 'encryption', 'intelligent-tiering'],
  ...['inventory', 'legal-hold', 'lifecycle', 'list-type', 'location', 'logging', 'metrics', 'notification'],
  ...['object-lock', 'ownershipControls', 'partNumber', 'policy', 'policyStatus', 'publicAccessBlock'],
  ...['replication', 'requestPayment', 'restore', 'retention', 'select', 'session', 'tagging', 'torrent'],
  ...['uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website'],
];

/**
 * Admits a request for an operation that the functions need, and for a key that cannot name another file.
 * @throws S3Error for any other request
 */
export function requireObjectRequest(
  { method = '', url = '', headers }: IncomingMessage,
  buckets: readonly string[],
): void {
  const [path = '', ...query] = url.split('?');
  const [, bucket = '', ...segments] = toSegments(path);
  if (!buckets.includes(bucket))
    throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist.');
  const hasKey = segments.length > 1 || (segments[0] ?? '') !== '';
  if (hasKey) requireKey(segments);
  const parameters = new URLSearchParams(query.join('?'));
  const chosen = SUBRESOURCES.filter((name) => parameters.has(name));
  const operation = [method, hasKey ? 'key' : 'bucket', ...chosen].join(' ');
  const isCopy = headers['x-amz-copy-source'] !== undefined || parameters.has('x-amz-copy-source');
  if (!OPERATIONS.includes(operation) || isCopy)
    throw new S3Error(501, 'NotImplemented', 'The local service does not support this operation.');
  requireUpload(parameters);
}

/** Decodes each segment once, as every later reader does. */
function toSegments(path: string): readonly string[] {
  if (!PATH.test(path)) throw new S3Error(400, 'InvalidURI', 'The path has characters that are not encoded.');
  try {
    return path.split('/').flatMap((segment) => decodeURIComponent(segment).split('/'));
  } catch {
    throw new S3Error(400, 'InvalidURI', 'The path is not UTF-8.');
  }
}

function requireKey(segments: readonly string[]): void {
  if (Buffer.byteLength(segments.join('/')) > MAX_KEY_BYTES)
    throw new S3Error(400, 'KeyTooLongError', 'The key is too long.');
  if (segments.some(isNoName))
    throw new S3Error(400, 'InvalidArgument', 'The key has a segment that names no object here.');
}

/** Empty, a relative path, with a character that file names cannot have, or an internal name. */
function isNoName(segment: string): boolean {
  return /^\.{0,2}$|\\|\p{Cc}/u.test(segment) || INTERNAL_NAME.test(segment);
}

/** The id of an upload and the number of a part become file names. */
function requireUpload(parameters: URLSearchParams): void {
  const uploadId = parameters.get('uploadId');
  const partNumber = parameters.get('partNumber');
  if (uploadId !== null && !/^[\da-f]{32}$/.test(uploadId))
    throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
  if (partNumber !== null && !/^[1-9]\d{0,3}$|^10000$/.test(partNumber))
    throw new S3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000.');
}
