import type { Fault } from '../core/fault.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../core/image.ts';
import { badBody, Refusal, toProblem } from '../core/problem.ts';
import { type NewTaskRequest, oversize, toVideoRequest, type VideoRequest } from '../core/request.ts';
import { misfits, toCatalogue, warningsOf } from '../core/template-catalogue.ts';
import { unlessFaulty } from './api-call.ts';
import { type InlineImage, inlineBytes, keyOf } from './image-store.ts';

/** A request that may be started, without the images that came inside it. */
export interface AcceptedRequest {
  readonly request: VideoRequest;
  /** The images that `request` now names by their place in the bucket, where they are not yet. */
  readonly images: readonly InlineImage[];
  readonly warnings: readonly string[];
}

interface Rules {
  readonly minimaxHost: string;
  readonly bucket: string;
}

/** Everything about a body that can be checked before anything is started for it. @throws Refusal */
export function acceptRequest(body: unknown, { minimaxHost, bucket }: Rules): AcceptedRequest {
  const request = unlessFaulty(toVideoRequest(body));
  if ('task_id' in request) return { request: withinSize(request), images: [], warnings: [] };

  const catalogue = toCatalogue(minimaxHost);
  const media = (request.media_inputs ?? []).map(({ value }) => inspectValue(value, bucket));
  const faults = [
    ...misfits(request, catalogue),
    ...media.flatMap(({ why }, index): readonly Fault[] =>
      why === undefined ? [] : [{ pointer: `/media_inputs/${index}/value`, detail: why }],
    ),
  ];
  if (faults.length > 0) throw new Refusal(badBody(faults));
  const light: NewTaskRequest = {
    ...request,
    ...(request.media_inputs === undefined ? {} : { media_inputs: media.map(({ value }) => ({ value })) }),
  };
  return {
    request: withinSize(light),
    images: media.flatMap(({ image }) => image ?? []),
    warnings: warningsOf(request, catalogue),
  };
}

interface InspectedValue {
  readonly value: string;
  readonly image?: InlineImage;
  readonly why?: string;
}

function inspectValue(value: string, bucket: string): InspectedValue {
  const bytes = inlineBytes(value);
  if (bytes === undefined)
    return isInS3(value) && toUploadKey(value, bucket) === undefined
      ? { value, why: UPLOAD_RULE }
      : { value };
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) return { value, why: inspected.why };
  const key = keyOf(bytes);
  return { value: `s3://${bucket}/${key}`, image: { key, type: inspected.type, bytes } };
}

function withinSize<Request extends VideoRequest>(request: Request): Request {
  const [fault] = oversize(request);
  if (fault === undefined) return request;
  throw new Refusal(
    toProblem('request-too-large', `The body ${fault.detail}. Nothing was started and nothing is charged.`),
  );
}
