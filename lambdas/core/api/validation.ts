import * as z from 'zod/mini';
import { isNestedTooDeep, MAX_JSON_DEPTH } from '../json/depth.ts';
import { lostValues } from '../json/lost-values.ts';
import { toPointer, type ValidationIssue } from '../json/pointer.ts';
import { withLinksAs } from '../text/links.ts';
import { plain, quoted, shortened } from '../text/plain.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly ValidationIssue[] };

type ObjectSchema = z.ZodMiniObject<Readonly<Record<string, z.core.$ZodType>>>;

/** The limit of reported fields in one object. A body of megabytes could hold a million. */
const MAX_UNKNOWN_KEYS = 1_000;

/**
 * Checks a body against its schema, and reports every wrong field.
 * @param explain the reason why an unknown field is wrong, where there is a special one
 */
export function checkAgainst<Schema extends ObjectSchema>(
  schema: Schema,
  body: unknown,
  explain: (unknownKey: string) => string | undefined = () => undefined,
): Checked<z.infer<Schema>> {
  const parsed = z.safeParse(schema, body, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const known = Object.keys(schema.shape);
  return { ok: false, issues: parsed.error.issues.flatMap((issue) => toIssues(issue, known, explain)) };
}

/** RFC 8259, 8.1, allows parsers to ignore it. */
const BYTE_ORDER_MARK = '\ufeff';

/** Parses a body. It rejects JSON that is nested too deep, and JSON that parsing would change. It ignores a byte order mark. */
export function parseJson(body: string | null): Checked<unknown> {
  if (body === null || body.trim() === '') return wrongBody('is empty; send a JSON object');
  const text = body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body;
  if (isNestedTooDeep(text)) return wrongBody(`is nested more than ${MAX_JSON_DEPTH} levels deep`);
  try {
    const value: unknown = JSON.parse(text);
    const issues = lostValues(text);
    return issues.length === 0 ? { ok: true, value } : { ok: false, issues };
  } catch {
    // In UTF-16 and UTF-32, each ASCII character has zero bytes beside it.
    const isWide = text.slice(0, 4).includes('\0');
    return wrongBody(isWide ? 'is UTF-16 or UTF-32; send it in UTF-8' : 'is not JSON');
  }
}

const MAX_ISSUES = 5;
const MAX_POINTER_CHARACTERS = 80;

/** The first issues in one line, where there is room for one sentence only. */
export function issuesSentence(issues: readonly ValidationIssue[]): string {
  const first = issues
    .slice(0, MAX_ISSUES)
    .map(
      ({ pointer, detail }) =>
        `${pointer === '' ? 'the body' : plain(pointer, MAX_POINTER_CHARACTERS)} ${detail}`,
    );
  const more = issues.length > MAX_ISSUES ? [`and ${issues.length - MAX_ISSUES} more`] : [];
  return [...first, ...more].join('; ');
}

function wrongBody(detail: string): Checked<never> {
  return { ok: false, issues: [{ pointer: '', detail }] };
}

function toIssues(
  issue: z.core.$ZodIssue,
  known: readonly string[],
  explain: (unknownKey: string) => string | undefined,
): readonly ValidationIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const isTop = issue.path.length === 0;
    const unknown = `is not a known field; known fields: ${isTop ? known.join(', ') : 'value'}`;
    return issue.keys.slice(0, MAX_UNKNOWN_KEYS).map((key) => ({
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
  // Only the scheme of a link is shown, because a link may carry credentials.
  const scheme = typeof input === 'string' ? /^([a-z][a-z0-9+.-]*):/i.exec(input)?.[1] : undefined;
  if (scheme !== undefined) return `${/^[aeiou]/i.test(scheme) ? 'an' : 'a'} ${shortened(scheme, 20)}: URL`;
  if (typeof input === 'string')
    return input.length <= 80
      ? quoted(withLinksAs(input, () => '(link)'))
      : `a string of ${input.length} characters`;
  if (typeof input !== 'number') return `the ${typeof input} ${String(input)}`;
  // Above 2^53 its digits differ from those that were sent.
  return Math.abs(input) <= Number.MAX_SAFE_INTEGER ? `the number ${input}` : 'a number without quotes';
}
