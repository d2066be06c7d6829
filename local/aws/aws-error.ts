/** An error response of an AWS service. SDK clients name the error by its code. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  /** @param status of HTTP */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
