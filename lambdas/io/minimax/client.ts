import type { NewTaskRequest } from '../../core/api/request.ts';
import { Failure } from '../../core/failure.ts';
import { isDataUrl } from '../../core/image/data-url.ts';
import { callbackRejection } from '../../core/minimax/callback-rejection.ts';
import { type CreatedTask, toCreatedTask } from '../../core/minimax/created-task.ts';
import { rejectsKey } from '../../core/minimax/key-rejection.ts';
import { imagesOf, type KindName, kindNamed, kindOf } from '../../core/minimax/request-kind.ts';
import type { RequestOutcome } from '../../core/minimax/response.ts';
import { type Task, toTask } from '../../core/minimax/task.ts';
import { createRedaction, type Redaction } from '../../core/text/redaction.ts';
import { type Call, reasonOf, sendOnce } from '../http/send-once.ts';
import { raceSignal } from '../timing.ts';
import type { ApiKey } from './api-key.ts';

/** For the key; short, because the request must keep its time. */
const KEY_MS = 5_000;

/** A create with less time than this is not sent, because its outcome would be unknown. */
const MIN_CREATE_MS = 30_000;

export interface Creating {
  readonly signal: AbortSignal;
  /** The `callback_url`: MiniMax calls it when the task changes. @default none */
  readonly callbackUrl?: string;
  /** Called right before each create is sent. Where it fails, nothing is sent, and `createTask` throws its error. */
  readonly beforeSend?: () => Promise<void>;
}

export interface MiniMax {
  /**
   * Creates a task with exactly one request, or two where MiniMax has rejected the first because of its `callback_url`.
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

interface Dependencies {
  /** Scheme and authority, as in `https://api.minimax.io`. */
  readonly host: string;
  readonly apiKey: ApiKey;
  /** Less than the function's timeout, so that a missing answer becomes `SubmitOutcomeUnknown` or `MiniMaxUnavailable`. */
  readonly timeoutSeconds: number;
}

interface Request extends Omit<Call, 'url' | 'headers'> {
  readonly path: string;
  /** What is hidden in the answer, beside the key. */
  readonly secrets?: readonly string[];
  /** Called when everything else is ready. */
  readonly beforeSend?: () => Promise<void>;
}

export function createMiniMax({ host, apiKey, timeoutSeconds }: Dependencies): MiniMax {
  const timeoutMs = timeoutSeconds * 1000;

  async function send(
    key: string,
    { path, secrets = [], beforeSend, ...rest }: Request,
  ): Promise<RequestOutcome> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    await beforeSend?.();
    const outcome = await sendOnce({ ...rest, url: new URL(path, host), headers });
    return redacted(outcome, createRedaction([key, ...secrets]));
  }

  /** A rejected key has had no effect. Where the secret has another key by now, the step is repeated, with all of its time. */
  async function call(request: Request): Promise<RequestOutcome> {
    const key = await keyOrReason(apiKey(), request.signal);
    if ('reason' in key) return { outcome: 'never sent', reason: key.reason };
    const outcome = await send(key.value, request);
    if (!rejectsKey(outcome, request.method === 'POST' ? 'create' : 'query')) return outcome;
    const fresh = await keyOrReason(apiKey('fresh'), request.signal);
    if ('reason' in fresh || fresh.value === key.value) return outcome;
    throw new Failure('MiniMaxBusy', 'MiniMax rejected a key that has been replaced since.');
  }

  return {
    async createTask(request, { signal, callbackUrl, beforeSend }) {
      const kind = kindOf(request);
      const startedAt = performance.now();
      const secrets = [callbackUrl?.split('/').at(-1) ?? ''];
      const create = (ms: number, callback_url?: string): Promise<RequestOutcome> => {
        const body = JSON.stringify({ ...kind.toBody(request), callback_url });
        const sending = { body, signal, timeoutMs: ms, secrets, beforeSend };
        return call({ method: 'POST', path: kind.createPath, ...sending });
      };

      const hasLinks = imagesOf(request).some(({ value }) => !isDataUrl(value));
      const first = await create(timeoutMs, callbackUrl);
      const rejection =
        callbackUrl === undefined ? undefined : callbackRejection(first, { callbackUrl, hasLinks });
      if (rejection === undefined) return toCreatedTask(first);
      const leftMs = timeoutMs - Math.ceil(performance.now() - startedAt);
      if (leftMs < Math.min(MIN_CREATE_MS, timeoutMs / 2))
        throw new Failure('MiniMaxBusy', `MiniMax took too long to reject the callback_url (${rejection}).`);
      return { ...toCreatedTask(await create(leftMs)), callbackRejection: rejection };
    },
    async queryTask({ task_id, kind: name }, signal) {
      const kind = kindNamed(name);
      const path = kind.queryPath(task_id);
      return toTask(await call({ method: 'GET', path, signal, timeoutMs }), { task_id, kind });
    },
  };
}

/** An answer may be shown in the history, so the key, and the address that lets MiniMax call us, are hidden in it. */
function redacted(outcome: RequestOutcome, redaction: Redaction): RequestOutcome {
  if (outcome.outcome === 'never sent' || outcome.outcome === 'unreachable') return outcome;
  const { traceId: given = '' } = outcome;
  const traceId = given === '' || redaction.hide(given) !== given ? undefined : given;
  if (outcome.outcome === 'answered') return { ...outcome, traceId, redaction };
  const { received, reason } = outcome;
  return {
    outcome: 'unanswered',
    reason: redaction.hide(reason),
    traceId,
    received: received && { ...received, traceId, redaction },
  };
}

/** The key, or the reason why it cannot be read now, so that nothing is sent. @throws Failure where there is no usable key */
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
