import { addAbortListener } from 'node:events';
import { Failure } from '../core/failure.ts';
import type { Exchange } from '../core/minimax-answer.ts';
import { type CreatedTask, refusesKey, type Task, toCreatedTask, toTask } from '../core/minimax-task.ts';
import type { NewTaskRequest } from '../core/request.ts';
import { type Call, exchange, reasonOf } from './http-exchange.ts';
import type { ApiKey } from './stored-key.ts';

/** So short that the request keeps the time that it is worth. */
const KEY_MS = 5_000;

export interface MiniMax {
  /** Creates a task with exactly one request. @throws Failure, `SubmitOutcomeUnknown` where a task may exist */
  createTask(request: NewTaskRequest, signal: AbortSignal): Promise<CreatedTask>;
  /** Asks once how a task is doing. @throws Failure, `MiniMaxUnavailable` where the task is as unknown as before */
  queryTask(taskId: string, signal: AbortSignal): Promise<Task>;
}

interface Peer {
  /** Scheme and authority, as in `https://api.minimax.io`. */
  readonly host: string;
  readonly apiKey: ApiKey;
  /** How long an answer is waited for; less than the function's own time, so that a missing answer gets its right name. */
  readonly timeoutSeconds: number;
}

type Request = Omit<Call, 'url' | 'headers' | 'timeoutMs'> & { readonly path: string };

export function createMiniMax({ host, apiKey, timeoutSeconds }: Peer): MiniMax {
  async function send(key: string, { path, ...rest }: Request): Promise<Exchange> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const timeoutMs = timeoutSeconds * 1000;
    return withoutKey(key, await exchange({ ...rest, url: new URL(path, host), headers, timeoutMs }));
  }

  /** A refused key has had no effect; where another has replaced it, the step is repeated, with all of its time. */
  async function call(request: Request): Promise<Exchange> {
    const key = await keyOrReason(apiKey(), request.signal);
    if ('reason' in key) return { outcome: 'never sent', reason: key.reason };
    const answered = await send(key.value, request);
    if (!refusesKey(answered, request.method === 'POST' ? 'create' : 'query')) return answered;
    const fresh = await keyOrReason(apiKey('fresh'), request.signal);
    if ('reason' in fresh || fresh.value === key.value) return answered;
    throw new Failure('MiniMaxBusy', 'MiniMax refused a key that has been replaced since.');
  }

  return {
    async createTask({ template_id, media_inputs, text_inputs }, signal) {
      const body = JSON.stringify({ template_id, media_inputs, text_inputs });
      const path = '/v1/video_template_generation';
      return toCreatedTask(await call({ method: 'POST', path, body, signal }));
    },
    async queryTask(taskId, signal) {
      const path = `/v1/query/video_template_generation?task_id=${encodeURIComponent(taskId)}`;
      return toTask(await call({ method: 'GET', path, signal }));
    },
  };
}

/** What MiniMax says may end up in the history, so an echo of the key ends here. A short text could be anything. */
function withoutKey(key: string, exchanged: Exchange): Exchange {
  if (exchanged.outcome !== 'answered' || key.length < 8) return exchanged;
  return { ...exchanged, text: exchanged.text.replaceAll(key, '(key)') };
}

/** A key that cannot be read just now means that nothing was sent; a key that is not there at all is thrown. */
async function keyOrReason(
  reading: Promise<string>,
  signal: AbortSignal,
): Promise<{ readonly value: string } | { readonly reason: string }> {
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(KEY_MS)]);
  using _listener = addAbortListener(inTime, () => stop(inTime.reason));
  try {
    return { value: await Promise.race([reading, stopped]) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    return { reason: `the key could not be read from Secrets Manager: ${reasonOf(error)}` };
  }
}
