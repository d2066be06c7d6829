import { ApiError, type NewVideo, NoResponse, Stopped } from '../../client/index.ts';
import { client, messageOf } from '../connection.ts';
import { T } from '../strings.ts';
import { type Draft, dropDraft, keepDraft, newKey, rememberSent } from './draft.ts';
import type { ChosenImage } from './image-check.ts';
import { dropPending, keepPending, type Pending, whileSending } from './pending.ts';

/** What has become of a request. */
export type Outcome =
  | { readonly is: 'started'; readonly videoId: string }
  /** Nothing was started, and the form can be corrected. */
  | { readonly is: 'rejected'; readonly why: string; readonly draft: Draft }
  /** It may have been started: only the same request under the same key is safe. */
  | { readonly is: 'unknown'; readonly why: string; readonly pending: Pending }
  /** Another form sends a request under this key just now. */
  | { readonly is: 'elsewhere' }
  /** The person has left the form before anything was sent. */
  | { readonly is: 'left' };

/** Sends the image of a form, which costs nothing, and then its request. @param signal ends it before the request is sent */
export async function sendDraft(given: Draft, { image, isSimulated, signal }: SendOptions): Promise<Outcome> {
  let draft = given;
  try {
    if (image !== undefined) draft = { ...given, image: await client.upload(image.file, { signal }) };
  } catch (error) {
    if (!signal.aborted) return { is: 'rejected', why: messageOf(error), draft: given };
  }
  if (signal.aborted) return { is: 'left' };
  const pending: Pending = { draft, request: toRequest(draft), isSimulated, at: Date.now() };
  return send(pending, (error) => toRejection(error, given));
}

interface SendOptions {
  readonly image: ChosenImage | undefined;
  readonly isSimulated: boolean | undefined;
  readonly signal: AbortSignal;
}

/** Sends a request again under its key. After any answer but a video, an earlier attempt may have started one. */
export function sendAgain(pending: Pending): Promise<Outcome> {
  return send(pending, () => undefined);
}

/** @param toEnd what an error says for sure. Undefined where it says nothing of the request */
async function send(pending: Pending, toEnd: (error: unknown) => Outcome | undefined): Promise<Outcome> {
  const { draft, request } = pending;
  const start = async (): Promise<Outcome> => {
    try {
      keepPending(pending);
    } catch (error) {
      return { is: 'rejected', why: `${T.notKept} ${messageOf(error)}`, draft };
    }
    // From here on the kept request has the key. Another form gets another one.
    dropDraft();
    try {
      const { video_id, warnings } = await client.start(request, { idempotencyKey: draft.key });
      rememberSent(video_id, { key: draft.key, request, warnings });
      dropPending(pending);
      return { is: 'started', videoId: video_id };
    } catch (error) {
      const end = toEnd(error);
      if (end !== undefined) dropPending(pending);
      if (end?.is === 'rejected') keepDraft(end.draft);
      return end ?? { is: 'unknown', why: messageOf(error), pending };
    }
  };
  return (await whileSending(draft.key, start)) ?? { is: 'elsewhere' };
}

/** @returns undefined where the request may have been accepted */
function toRejection(error: unknown, draft: Draft): Outcome | undefined {
  if (mayBeStarted(error)) return undefined;
  // The service itself says that this request can never be accepted. It is corrected under a new key.
  const isForGood = error instanceof ApiError && error.retry === 'new_request';
  const corrected = { ...draft, key: isForGood ? newKey() : draft.key };
  return { is: 'rejected', why: messageOf(error), draft: corrected };
}

/**
 * Rejections that do not say that nothing was started. The service may give the first three after it has acted. A reused key has a video,
 * which may be the wanted one. The last ones come from something on the way.
 */
const DOUBTFUL: readonly string[] = [
  'request-in-progress',
  'unexpected',
  'gateway-fault',
  'idempotency-key-reused',
  'other',
];

function mayBeStarted(error: unknown): boolean {
  if (error instanceof ApiError) return DOUBTFUL.includes(error.type);
  // The client rejects what it never sends.
  if (error instanceof TypeError) return false;
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
