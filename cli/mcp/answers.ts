import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { RetryKind, Video } from '../../client/index.ts';
import { TemplateVideoError } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';

/** A tool call that was rejected before anything was sent. The message says what to do instead. */
export class Rejected extends Error {}

/** What a person would have set wrongly, an agent has given wrongly. @throws Rejected for a UsageError, before anything is sent */
export async function orRejected<Value>(action: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof UsageError ? new Rejected(`Nothing was started. ${error.message}`) : error;
  }
}

/** A sentence for the agent, and the data as JSON. */
export function toResult(sentence: string, data?: unknown): CallToolResult {
  const texts = data === undefined ? [sentence] : [sentence, printableJson(data)];
  return { content: texts.map((text) => ({ type: 'text', text })) };
}

/** What to call next after an error of the service, by its `retry`. */
const ADVICE: Readonly<Record<RetryKind, string>> = {
  same_key: 'Call this tool again with the same arguments: nothing is paid twice.',
  new_request:
    'The same arguments would be rejected again. Correct what the message names, and ask the person before you pay.',
  adopt: 'Call adopt_task with the task_id. Do not start a new video: this one is paid for.',
  never: 'Do not call this tool again for it. Tell the person what the message says.',
};

/** An error that the agent can act on. @throws what is no error of the service */
export function toErrorResult(error: unknown): CallToolResult {
  if (error instanceof Rejected) return { ...toResult(error.message), isError: true };
  if (!(error instanceof TemplateVideoError)) throw error;
  const { message, type, retry, videoId } = error;
  return { ...toResult(`${message} ${ADVICE[retry]}`, { type, retry, video_id: videoId }), isError: true };
}

/** What a video that has ended means, and what may be done. */
export function describeEnd({ status, error, video_id, video, deleted_at }: Video): string {
  if (video === null)
    return `The video ${video_id} was ready, and its file was deleted, on ${deleted_at} at the latest. Nothing makes it again. Ask the person before you start another video.`;
  if (status === 'succeeded')
    return `The video ${video_id} is ready. Its link works for an hour at most; get_video signs a new one.`;
  if (error === undefined) return `The video ${video_id} has ended without a file.`;
  const advice =
    error.retry === 'new_request'
      ? `If the person agrees to pay for another attempt, call start_video with again_after "${video_id}".`
      : ADVICE[error.retry];
  return `${error.title}. ${error.detail} ${advice}`;
}

/** Errors that the agent can act on become results, which it reads; others end the call. */
export async function answered(action: () => Promise<CallToolResult>): Promise<CallToolResult> {
  return action().catch(toErrorResult);
}
