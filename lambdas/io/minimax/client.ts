import type { NewTaskRequest } from '../../core/api/request.ts';
import { Failure } from '../../core/failure.ts';
import { isDataUrl } from '../../core/image/data-url.ts';
import { callbackRejection } from '../../core/minimax/callback-rejection.ts';
import { type CreatedTask, toCreatedTask } from '../../core/minimax/created-task.ts';
import { refusesKey } from '../../core/minimax/key-refusal.ts';
import { imagesOf, type KindName, kindNamed, kindOf } from '../../core/minimax/request-kind.ts';
import type { Received, RequestOutcome } from '../../core/minimax/response.ts';
import { type Task, toTask } from '../../core/minimax/task.ts';
import { createRedaction, type Redaction } from '../../core/text/redaction.ts';
import { type Call, reasonOf, sendOnce } from '../http/send-once.ts';
import { raceSignal } from '../timing.ts';
import type { ApiKey } from './api-key.ts';

/** So short that the request keeps the time that it is worth. */
const KEY_MS = 5_000;

/** A create that is left out when it has less time than this: nobody would hear of its outcome. */
const LEAST_CREATE_MS = 30_000;

export interface Creating {
  readonly signal: AbortSignal;
  /** Where MiniMax is to call when the task changes. @default nowhere */
  readonly callbackUrl?: string | undefined;
  /** Is done right before each create is sent. Where it fails, nothing is sent, and `createTask` throws its error. */
  readonly beforeSend?: () => Promise<void>;
}

export interface MiniMax {
  /**
   * Creates a task with exactly one request, or two where MiniMax has refused the first because of its `callback_url`.
   * @throws Failure, `SubmitOutcomeUnknown` where a task may exist
   */
  createTask(request: NewTaskRequest, creating: Creating): Promise<CreatedTask>;
  /** Asks once how a task is doing. @throws Failure, `MiniMaxUnavailable` where the answer says nothing about the task */
  queryTask(task: KnownTask, signal: AbortSignal): Promise<Task>;
}

/** A task as the job document names it. */
export interface KnownTask {
  readonly task_id: string;
  readonly kind: KindName;
}

interface Peer {
  /** Scheme and authority, as in `https://api.minimax.io`. */
  readonly host: string;
  readonly apiKey: ApiKey;
  /** How long an answer is waited for; less than the function's own time, so that a missing answer gets its right name. */
  readonly timeoutSeconds: number;
}

interface Request extends Omit<Call, 'url' | 'headers'> {
  readonly path: string;
  /** What no answer may repeat, beside the key. */
  readonly secrets?: readonly string[];
  /** Is done when everything else is ready. */
  readonly beforeSend?: () => Promise<void>;
}

export function createMiniMax({ host, apiKey, timeoutSeconds }: Peer): MiniMax {
  const wholeMs = timeoutSeconds * 1000;

  async function send(
    key: string,
    { path, secrets = [], beforeSend, ...rest }: Request,
  ): Promise<RequestOutcome> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    await beforeSend?.();
    const exchanged = await sendOnce({ ...rest, url: new URL(path, host), headers });
    return redacted(exchanged, createRedaction([key, ...secrets]));
  }

  /** A refused key has had no effect; where another has replaced it, the step is repeated, with all of its time. */
  async function call(request: Request): Promise<RequestOutcome> {
    const key = await keyOrReason(apiKey(), request.signal);
    if ('reason' in key) return { outcome: 'never sent', reason: key.reason };
    const answered = await send(key.value, request);
    if (!refusesKey(answered, request.method === 'POST' ? 'create' : 'query')) return answered;
    const fresh = await keyOrReason(apiKey('fresh'), request.signal);
    if ('reason' in fresh || fresh.value === key.value) return answered;
    throw new Failure('MiniMaxBusy', 'MiniMax refused a key that has been replaced since.');
  }

  return {
    async createTask(request, { signal, callbackUrl, beforeSend }) {
      const kind = kindOf(request);
      const startedAt = performance.now();
      const secrets = [callbackUrl?.split('/').at(-1) ?? ''];
      const create = (timeoutMs: number, callback_url?: string): Promise<RequestOutcome> => {
        const body = JSON.stringify({ ...kind.toBody(request), callback_url });
        return call({ method: 'POST', path: kind.createPath, body, signal, timeoutMs, secrets, beforeSend });
      };

      const hasLinks = imagesOf(request).some(({ value }) => !isDataUrl(value));
      const first = await create(wholeMs, callbackUrl);
      const refusal =
        callbackUrl === undefined ? undefined : callbackRejection(first, { callbackUrl, hasLinks });
      if (refusal === undefined) return toCreatedTask(first);
      const leftMs = wholeMs - Math.ceil(performance.now() - startedAt);
      if (leftMs < Math.min(LEAST_CREATE_MS, wholeMs / 2))
        throw new Failure('MiniMaxBusy', `MiniMax took too long to refuse our callback (${refusal}).`);
      return { ...toCreatedTask(await create(leftMs)), callbackRejection: refusal };
    },
    async queryTask({ task_id, kind: name }, signal) {
      const kind = kindNamed(name);
      const path = kind.queryPath(task_id);
      return toTask(await call({ method: 'GET', path, signal, timeoutMs: wholeMs }), { task_id, kind });
    },
  };
}

/** What MiniMax says may end up in the history, so an echo of the key, or of the right to call us, ends here. */
function redacted(exchanged: RequestOutcome, redaction: Redaction): RequestOutcome {
  if (exchanged.outcome === 'never sent' || exchanged.outcome === 'unreachable') return exchanged;
  const { traceId, ...rest } = exchanged;
  const trace = traceId === undefined || redaction.hide(traceId) !== traceId ? {} : { traceId };
  if (rest.outcome === 'answered') return { ...rest, ...trace, redaction };
  const { received, reason } = rest;
  const arrived =
    received === undefined ? {} : { received: { ...withoutTrace(received), ...trace, redaction } };
  return { outcome: 'unanswered', reason: redaction.hide(reason), ...trace, ...arrived };
}

function withoutTrace({ traceId: _traceId, ...received }: Received): Received {
  return received;
}

/** A key that cannot be read just now means that nothing was sent; a key that is not there at all is thrown. */
async function keyOrReason(
  reading: Promise<string>,
  signal: AbortSignal,
): Promise<{ readonly value: string } | { readonly reason: string }> {
  try {
    return { value: await raceSignal(reading, AbortSignal.any([signal, AbortSignal.timeout(KEY_MS)])) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    return { reason: `the key could not be read from Secrets Manager: ${reasonOf(error)}` };
  }
}
