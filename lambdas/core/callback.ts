import * as z from 'zod/mini';

/** Where MiniMax calls when a task changes; open to everybody, because MiniMax cannot sign. */
export const CALLBACK_ROUTE = { method: 'POST', path: '/callbacks/{video_id}/{token}' } as const;

/** The object under `callbackKey`, and the output of a wait that a callback has ended. */
export const receivedCallbackSchema = z.readonly(z.object({ callback_received_at: z.string() }));
export type ReceivedCallback = z.infer<typeof receivedCallbackSchema>;

/** The object under `callbackTokenKey`. */
export const storedTokenSchema = z.readonly(z.object({ task_token: z.string() }));
export type StoredToken = z.infer<typeof storedTokenSchema>;

/** What `Wait for callback` hands to its function. */
export interface CallbackWait extends StoredToken {
  readonly video_id: string;
}

/** The object under `challengeKey`. */
const answeredChallengeSchema = z.readonly(z.object({ challenged_at: z.string() }));
export type AnsweredChallenge = z.infer<typeof answeredChallengeSchema>;

/** Was a challenge answered since this execution began? An older one of the same name may have had its own. */
export function wasChallenged(found: unknown, createdAt: string): boolean {
  const { data } = answeredChallengeSchema.safeParse(found);
  return data !== undefined && Date.parse(data.challenged_at) >= Date.parse(createdAt);
}

/** What comes with one of these says that a task has changed, whatever else is in it. */
const STATUS_FIELDS: readonly string[] = ['task_id', 'status'];

/** A challenge is a few characters; whatever is larger is none, and is not read. */
const MOST_CHARACTERS = 4_096;

/**
 * The answer that a body with a challenge asks for, with the very same value, numbers of any size included; `undefined`
 * where there is none. Nothing else of a body is ever looked at.
 */
export function answerToChallenge(body: string): string | undefined {
  if (body.length > MOST_CHARACTERS) return undefined;
  const fields = parse(body);
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, 'challenge')) return undefined;
  if (STATUS_FIELDS.some((name) => Object.hasOwn(fields, name))) return undefined;
  return JSON.stringify({ challenge: (fields as { readonly challenge: unknown }).challenge });
}

function parse(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? rawJson(context?.source ?? String(value)) : value;
  try {
    // A byte order mark may stand at the start: RFC 8259, 8.1.
    return JSON.parse(text.replace(/^\ufeff/, ''), keepDigits);
  } catch {
    return undefined;
  }
}

/** https://github.com/tc39/proposal-json-parse-with-source, which TypeScript's library does not have yet. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
