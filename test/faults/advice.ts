import { randomUUID } from 'node:crypto';
import type { Video } from '../../lambdas/core/api/response.ts';
import { REQUEST, type RunningService } from '../harness/running-service.ts';
import type { Row } from './row.ts';

/** What a program does that follows the `retry` of each error to the letter, once the fault is mended. */
export interface Followed {
  /** What it did, in order. */
  readonly steps: readonly string[];
  /** New videos that it has asked for, the first one included. */
  readonly asked: number;
  /** Why a step could not be taken, or would have asked for a second video of one that MiniMax may still deliver. */
  readonly objections: readonly string[];
}

interface Start {
  readonly row: Pick<Row, 'isAdoption'>;
  /** As it was sent. */
  readonly body: object;
  readonly key: string;
  readonly video: Video;
  /** Tasks that MiniMax has made in the row. */
  readonly tasks: number;
}

const MAX_STEPS = 2;
/** MiniMax has ended these tasks itself: they deliver nothing any more. */
const ENDED_AT_MINIMAX: readonly string[] = ['GenerationFailed', 'ContentRejected'];

/** Follows the advice until the video is there, or a person has to check. */
export async function followAdvice(start: Start, service: RunningService): Promise<Followed> {
  let { video, tasks, body, key } = start;
  let asked = start.row.isAdoption === true ? 0 : 1;
  const steps: string[] = [];
  const objections: string[] = [];
  while (video.error !== undefined && video.error.retry !== 'never' && steps.length < MAX_STEPS) {
    steps.push(`${video.error.type}: ${video.error.retry}`);
    objections.push(...objectionsTo(video, tasks));
    ({ body, key } = nextRequest(video, { body, key }));
    if (body === REQUEST) tasks = 1;
    if (video.error.retry === 'new_request') asked += 1;
    service.simulator.script({ queries: ['Success'] });
    const answer = await service.post(body, { 'idempotency-key': key });
    const { video_id } = (await answer.json()) as Video;
    if (answer.status !== 202)
      return { steps, asked, objections: [`${steps} is answered with ${answer.status}`] };
    await service.endOf(video_id);
    video = await service.get(video_id);
    service.simulator.forgetScripts();
  }
  return { steps, asked, objections };
}

interface Sent {
  readonly body: object;
  readonly key: string;
}

function nextRequest({ error, task_id }: Video, sent: Sent): Sent {
  if (error?.retry === 'same_key') return sent;
  return { body: error?.retry === 'adopt' ? { task_id } : REQUEST, key: randomUUID() };
}

function objectionsTo({ error, task_id }: Video, tasks: number): readonly string[] {
  const { retry, type = '' } = error ?? {};
  if (retry === 'adopt' && task_id === undefined) return [`${type} advises to adopt, and names no task`];
  if (retry !== 'new_request' || tasks === 0 || ENDED_AT_MINIMAX.includes(type)) return [];
  return [`${type} advises a new request although MiniMax has made a task`];
}
