import type { Problem } from '../../lambdas/core/api/response.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';

/** What the API has against a request; it will say the same the next time. */
export class ApiError extends UserError {
  readonly status: number;

  constructor({ title, detail, errors = [], message }: Body, status: number) {
    const faults = errors.map(
      ({ pointer, detail: why }) => `\n  ${printable(`${pointer === '' ? 'The body' : pointer} ${why}`)}`,
    );
    const reason = detail ?? message ?? '';
    const told = printable(`${title ?? 'The request was refused'} (HTTP ${status}). ${reason}`);
    super(`${told}${faults.join('')}`.trim());
    this.status = status;
  }
}

/** Nobody has answered, or nobody who could, again and again. */
export class NoResponse extends UserError {
  /** Whether one of the requests may have been acted on all the same. */
  readonly mayHaveBeenReceived: boolean;

  constructor(host: string, reason: string, mayHaveBeenReceived: boolean) {
    super(printable(`${host} does not answer (${reason}).`));
    this.mayHaveBeenReceived = mayHaveBeenReceived;
  }
}

/** A try that has failed. */
export interface Failed {
  /** In a few words. */
  readonly reason: string;
  readonly isRetryable: boolean;
  readonly mayHaveBeenReceived: boolean;
  readonly retryAfterSeconds?: number;
  /** Where somebody has answered. */
  readonly refusal?: ApiError;
}

/** What is done before anything is sent. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** What `fetch` has thrown; for a name with several addresses its cause has one error for each. */
export function fromNetworkError({ cause, message }: Error): Failed {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const isUnsent = causes.every(
    (each) => each instanceof Error && 'syscall' in each && BEFORE_SENDING.includes(each.syscall),
  );
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : message;
  return { reason: code, isRetryable: true, mayHaveBeenReceived: !isUnsent };
}

/** API Gateway's own refusals have a `message` where nobody has taught it otherwise. */
type Body = Partial<Problem> & { readonly message?: string };

/** Too many requests pass, and so does another one under the same key; a limit for the whole day does not. */
const RETRYABLE = /:(request-in-progress|too-many-requests)$/;

export async function fromResponse(answer: Response): Promise<Failed> {
  const body = await readBody(answer);
  const { status, headers } = answer;
  const isFault = status >= 500;
  const retryAfter = Number(headers.get('retry-after') ?? 0);
  return {
    refusal: new ApiError(body, status),
    reason: `HTTP ${status}`,
    isRetryable: isFault || RETRYABLE.test(body.type ?? ''),
    mayHaveBeenReceived: isFault,
    ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
  };
}

/** Not every refusal comes from the API itself. */
async function readBody(answer: Response): Promise<Body> {
  const text = await answer.text().catch(() => '');
  try {
    return (JSON.parse(text) as Body | null) ?? {};
  } catch {
    return {};
  }
}
