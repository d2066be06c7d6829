import type { Problem } from '../../lambdas/core/api/response.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';

/** A rejection by API Gateway itself has a `message` where no gateway response gives it another body. */
export type ErrorBody = Partial<Pick<Problem, 'type' | 'title' | 'detail' | 'errors'>> & {
  readonly message?: string;
};

/** The API rejects a request; a repetition would get an equal answer. */
export class ApiError extends UserError {
  readonly status: number;

  constructor({ title, detail, errors = [], message }: ErrorBody, status: number) {
    const reason = detail ?? message ?? '';
    const sentence = printable(`${title ?? 'The request was rejected'} (HTTP ${status}). ${reason}`);
    const issues = errors.map(
      ({ pointer, detail: why }) => `\n  ${printable(`${pointer === '' ? 'The body' : pointer} ${why}`)}`,
    );
    super(`${sentence}${issues.join('')}`.trim());
    this.status = status;
  }
}

/** No attempt of a request has brought a usable answer. */
export class NoResponse extends UserError {
  /** Whether the service may have received, and acted on, one of the attempts. */
  readonly mayHaveBeenReceived: boolean;

  constructor(host: string, reason: string, mayHaveBeenReceived: boolean) {
    super(printable(`${host} gives no usable answer (${reason}).`));
    this.mayHaveBeenReceived = mayHaveBeenReceived;
  }
}
