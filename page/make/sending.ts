import { ApiError, type NewVideo, NoResponse, Stopped } from '../../client/index.ts';
import { client, messageOf } from '../service.ts';
import { type Draft, dropDraft, keepDraft, newKey, rememberSent } from './draft.ts';
import type { ChosenImage } from './image-check.ts';

/** What has become of a request. */
export type Outcome =
  | { readonly is: 'started'; readonly videoId: string }
  /** Nothing was started, and the form can be corrected. */
  | { readonly is: 'rejected'; readonly why: string; readonly draft: Draft }
  /** It may have been started: only the same request under the same key is safe. */
  | { readonly is: 'unknown'; readonly why: string; readonly draft: Draft };

/** Sends the image of a form, which costs nothing, and then its request. */
export async function sendDraft(draft: Draft, image: ChosenImage | undefined): Promise<Outcome> {
  let value = draft.image;
  try {
    if (image !== undefined) value = await client.upload(image.file);
  } catch (error) {
    return { is: 'rejected', why: messageOf(error), draft };
  }
  return sendRequest({ ...draft, sending: toRequest({ ...draft, image: value }) });
}

/** Sends the request of a draft under its key, also again: a repeated key gives the first video. */
export async function sendRequest(draft: Draft): Promise<Outcome> {
  const { key, sending } = draft;
  if (sending === undefined) throw new Error('This draft has no request.');
  keepDraft(draft);
  try {
    const { video_id, warnings } = await client.start(sending, { idempotencyKey: key });
    dropDraft();
    rememberSent(video_id, { key, request: sending, warnings });
    return { is: 'started', videoId: video_id };
  } catch (error) {
    return toOutcome(error, draft);
  }
}

function toOutcome(error: unknown, draft: Draft): Outcome {
  const why = messageOf(error);
  if (mayBeStarted(error)) return { is: 'unknown', why, draft };
  // A key that was rejected for good belongs to the wrong request. Nothing was started under any other one.
  const isForGood = error instanceof ApiError && error.retry !== 'same_key';
  const corrected = { ...draft, sending: undefined, key: isForGood ? newKey() : draft.key };
  keepDraft(corrected);
  return { is: 'rejected', why, draft: corrected };
}

/** Rejections that do not say that nothing was started. */
const DOUBTFUL: readonly string[] = ['request-in-progress', 'unexpected', 'gateway-fault'];

function mayBeStarted(error: unknown): boolean {
  if (error instanceof ApiError)
    return DOUBTFUL.includes(error.type) || (error.type === 'other' && error.status >= 500);
  return !(error instanceof NoResponse || error instanceof Stopped) || error.mayHaveBeenReceived;
}

function toRequest({ template, text, note, image }: Draft): NewVideo {
  return {
    template_id: template,
    media_inputs: image === undefined ? undefined : [{ value: image }],
    text_inputs: text === '' ? undefined : [{ value: text }],
    metadata: note === '' ? undefined : { note },
  };
}
