import type { APIGatewayProxyEvent } from 'aws-lambda';
import { v5 as namedId, v7 as timeSortedId } from 'uuid';
import { badBody, badParameter, ProblemError } from '../../core/api/problem.ts';
import { NO_DIGEST, requestDigest } from '../../core/job/request-digest.ts';
import { quoted } from '../../core/text/plain.ts';
import { headerOf, jsonBody } from '../lambda/api-handler.ts';
import { requireOwner } from '../lambda/owner.ts';
import {
  type AcceptanceRules,
  acceptRequest,
  type DeploymentRules,
  type ExtractedBody,
  extractImages,
} from './accept-request.ts';

/** The namespace in which a caller's keys become ids (RFC 9562, name-based UUIDs). */
const KEY_NAMESPACE = '8e0b1b3c-5a0f-4c9e-9a53-6f0f6f6b2d6e';

/** A `POST /videos` and the id that its video has, or is to have. */
export interface StartRequest {
  readonly event: APIGatewayProxyEvent;
  readonly owner: string;
  readonly body: ExtractedBody;
  readonly digest: string;
  /** Also the name of its execution. */
  readonly videoId: string;
  /** Whether the id comes from an `Idempotency-Key`, so that an earlier request may have used it. */
  readonly isRepeatable: boolean;
  readonly now: Date;
}

interface Options {
  readonly rules: DeploymentRules;
  /** Of the deployment: two deployments with one bucket give one key two ids, unless they share a namespace. */
  readonly namespace: string;
}

/** @throws ProblemError without an owner, for a wrong key, a body that is no JSON, and a body without a canonical form */
export function toStartRequest(
  event: APIGatewayProxyEvent,
  now: Date,
  { rules, namespace }: Options,
): StartRequest {
  const key = idempotencyKeyOf(event);
  const owner = requireOwner(event);
  const body = extractImages(jsonBody(event), { ...rules, owner });
  const digest = digestOfBody(body, { ...rules, owner });
  const videoId =
    key === undefined ? timeSortedId() : namedId(JSON.stringify([namespace, owner, key]), KEY_NAMESPACE);
  return { event, owner, body, digest, videoId, isRepeatable: key !== undefined, now };
}

function idempotencyKeyOf(event: APIGatewayProxyEvent): string | undefined {
  const key = headerOf(event, 'idempotency-key');
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const given = `${quoted(key)}, ${key.length} characters`;
  throw new ProblemError(
    badParameter(`Idempotency-Key is ${given}; allowed are 1 to 255 printable ASCII characters.`),
  );
}

/** A body without a digest cannot be compared with a later one. Any other issue of the body makes a better answer. */
function digestOfBody(body: ExtractedBody, rules: AcceptanceRules): string {
  const digest = requestDigest(body.normalized);
  if (digest !== undefined) return digest;
  acceptRequest(body, rules);
  throw new ProblemError(badBody([{ pointer: '', detail: NO_DIGEST }]));
}
