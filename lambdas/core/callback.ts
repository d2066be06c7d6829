import * as z from 'zod/mini';

/** The route of a `callback_url`: MiniMax calls it when a task changes. It has no authorization, because MiniMax cannot sign. */
export const CALLBACK_ROUTE = { method: 'POST', path: '/callbacks/{video_id}/{token}' } as const;

/** The object under `callbackKey`, and the output of a wait that a callback has ended. */
export const receivedCallbackSchema = z.readonly(z.object({ callback_received_at: z.string() }));
export type ReceivedCallback = z.infer<typeof receivedCallbackSchema>;

/** The object under `callbackTokenKey`: what SendTaskSuccess needs. */
export const storedTaskTokenSchema = z.readonly(z.object({ task_token: z.string() }));
export type StoredTaskToken = z.infer<typeof storedTaskTokenSchema>;

/** The input of the function of `Wait for callback`. */
export interface CallbackWait extends StoredTaskToken {
  readonly video_id: string;
}

/** The object under `challengeKey`. */
const answeredChallengeSchema = z.readonly(z.object({ challenged_at: z.string() }));
export type AnsweredChallenge = z.infer<typeof answeredChallengeSchema>;

/** Was a challenge answered since this execution began? An earlier execution of this name may have left an older answer. */
export function wasChallenged(found: unknown, createdAt: string): boolean {
  const { data } = answeredChallengeSchema.safeParse(found);
  return data !== undefined && Date.parse(data.challenged_at) >= Date.parse(createdAt);
}

/** A challenge has a few characters. A larger body is not parsed. */
const MAX_BODY_CHARACTERS = 4_096;

/**
 * A challenge is text, or a number that JSON.parse and JSON.stringify keep exactly. A body with one of the other two fields is about
 * a task, and its challenge is ignored.
 */
const challengeSchema = z.object({
  challenge: z.union([z.string(), z.int()]),
  task_id: z.optional(z.never()),
  status: z.optional(z.never()),
});

/** The answer to a body with a challenge: it repeats the value. `undefined` for any other body. No other field is read. */
export function answerToChallenge(body: string): string | undefined {
  if (body.length > MAX_BODY_CHARACTERS) return undefined;
  const { data } = challengeSchema.safeParse(parse(body));
  return data && JSON.stringify({ challenge: data.challenge });
}

function parse(text: string): unknown {
  try {
    // A byte order mark may stand at the start: RFC 8259, 8.1.
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
