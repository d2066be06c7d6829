import * as z from 'zod/mini';

/** Where a page of a history begins. */
export interface Place {
  /** The id of the event with which the reading of the page begins, which is the entry of a state. */
  readonly event: number;
  /** How many visits behind that event belong to earlier pages. A visit after a redrive may have no entry of its own. */
  readonly skip: number;
  /** The `nextToken` with which Step Functions gave the page of its own that has this event. @default it was the first one */
  readonly token?: string | undefined;
}

export const START: Place = { event: 0, skip: 0 };

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const MAX_REDRIVES = 1_000;

const placeSchema = z.tuple([
  z.int().check(z.minimum(1)),
  z.int().check(z.minimum(0), z.maximum(MAX_REDRIVES)),
  z.optional(z.string()),
]);
/** Step Functions says of its tokens only that they have up to 1,024 characters. */
const MAX_CURSOR_CHARACTERS = 2_000;

export function toCursor({ event, skip, token }: Place): string {
  const parts = token === undefined ? [event, skip] : [event, skip, token];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @returns undefined for a text that `toCursor` did not make */
export function readCursor(text: string): Place | undefined {
  if (text.length > MAX_CURSOR_CHARACTERS || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const parsed = placeSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (!parsed.success) return undefined;
    const [event, skip, token] = parsed.data;
    return { event, skip, token };
  } catch {
    return undefined;
  }
}
