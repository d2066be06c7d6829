import { CREATED_ID_FIELD, type MiniMaxResponse } from './response.ts';

/** An empty or zero id is how some answers say that there is none. Any other value may be an id, usable or not. */
export function isId(id: unknown): boolean {
  return id !== undefined && id !== null && id !== false && !NO_ID.test(JSON.stringify(id));
}

const NO_ID = /^(?:"?0*"?|\[\])$/;

/** The `task_id` that the answer to a create gives, also where the answer broke off after it. */
export function givenId({ fields, brokenFields }: MiniMaxResponse): unknown {
  return (brokenFields ?? fields)[CREATED_ID_FIELD];
}

export function hasTaskId(answer: MiniMaxResponse): boolean {
  return isId(givenId(answer));
}

/** Does a broken answer end within its `task_id`? */
export function beginsId({ brokenFields, text }: MiniMaxResponse): boolean {
  return brokenFields !== undefined && text.includes(`"${CREATED_ID_FIELD}"`);
}

/** The id to follow the task by, exactly as it came. An id that repeats the key is not usable: every document would show it. */
export function usableId(answer: MiniMaxResponse): string | undefined {
  const id = givenId(answer);
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || !hasTaskId(answer)) return undefined;
  return answer.redaction.reveals(id) ? undefined : id;
}
