import * as z from 'zod/mini';
import { isNestedTooDeep, MAX_JSON_DEPTH } from '../json/depth.ts';
import { silentChanges } from '../json/lost-values.ts';
import { toPointer, type ValidationIssue } from '../json/pointer.ts';
import { withLinksAs } from '../text/links.ts';
import { plain, quoted, shortened } from '../text/plain.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly ValidationIssue[] };

type ObjectSchema = z.ZodMiniObject<Readonly<Record<string, z.core.$ZodType>>>;

/** So many unknown fields of one object are named; a body of megabytes could hold a million. */
const MOST_UNKNOWN_KEYS = 1_000;

/**
 * Holds a body against its schema, and names every wrong place of it.
 * @param explain why a field that the schema does not know is wrong, where there is more to say than that
 */
export function checkAgainst<Schema extends ObjectSchema>(
  schema: Schema,
  body: unknown,
  explain: (unknownKey: string) => string | undefined = () => undefined,
): Checked<z.infer<Schema>> {
  const parsed = z.safeParse(schema, body, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const known = Object.keys(schema.shape);
  return { ok: false, faults: parsed.error.issues.flatMap((issue) => toFaults(issue, known, explain)) };
}

/** A parser may ignore it: RFC 8259, 8.1. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The JSON of a body, which is nowhere nested too deep to be walked, and of which nothing has been changed by being parsed. A
 * byte order mark at its start is ignored.
 */
export function parseJson(body: string | null): Checked<unknown> {
  if (body === null || body.trim() === '') return wrongBody('is empty; send a JSON object');
  const text = body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body;
  if (isNestedTooDeep(text)) return wrongBody(`is nested more than ${MAX_JSON_DEPTH} levels deep`);
  try {
    const value: unknown = JSON.parse(text);
    const faults = silentChanges(text);
    return faults.length === 0 ? { ok: true, value } : { ok: false, faults };
  } catch {
    // Every character of ASCII has a zero byte beside it there.
    const isWide = text.slice(0, 4).includes('\0');
    return wrongBody(isWide ? 'is UTF-16 or UTF-32; send it in UTF-8' : 'is not JSON');
  }
}

const MOST_FAULTS = 5;
const LONGEST_POINTER = 80;

/** The first faults in one line, for a caller that has only a sentence. */
export function issuesSentence(faults: readonly ValidationIssue[]): string {
  const first = faults
    .slice(0, MOST_FAULTS)
    .map(
      ({ pointer, detail }) => `${pointer === '' ? 'the body' : plain(pointer, LONGEST_POINTER)} ${detail}`,
    );
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
  return [...first, ...more].join('; ');
}

function wrongBody(detail: string): Checked<never> {
  return { ok: false, faults: [{ pointer: '', detail }] };
}

function toFaults(
  issue: z.core.$ZodIssue,
  known: readonly string[],
  explain: (unknownKey: string) => string | undefined,
): readonly ValidationIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const isTop = issue.path.length === 0;
    const unknown = `is not a known field; known are ${isTop ? known.join(', ') : 'value'}`;
    return issue.keys.slice(0, MOST_UNKNOWN_KEYS).map((key) => ({
      pointer: toPointer([...issue.path, key]),
      detail: (isTop ? explain(key) : undefined) ?? unknown,
    }));
  }
  const rule = ruleOf(issue);
  const detail =
    issue.input === undefined ? `is missing: it ${rule}` : `${rule}; given ${shown(issue.input)}`;
  return [{ pointer: toPointer(issue.path), detail }];
}

function ruleOf(issue: z.core.$ZodIssue): string {
  return issue.message.startsWith('must') ? issue.message : 'must be an object';
}

function shown(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object';
  // A link is named by its kind only: it may carry somebody's credentials.
  const scheme = typeof input === 'string' ? /^([a-z][a-z0-9+.-]*):/i.exec(input)?.[1] : undefined;
  if (scheme !== undefined) return `${/^[aeiou]/i.test(scheme) ? 'an' : 'a'} ${shortened(scheme, 20)}: URL`;
  if (typeof input === 'string')
    return input.length <= 80
      ? quoted(withLinksAs(input, () => '(link)'))
      : `a string of ${input.length} characters`;
  if (typeof input !== 'number') return `the ${typeof input} ${String(input)}`;
  // Beyond 2^53 its digits are no longer those that were sent.
  return Math.abs(input) <= Number.MAX_SAFE_INTEGER ? `the number ${input}` : 'a number without quotes';
}
