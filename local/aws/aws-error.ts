/** An error that an AWS service answers, by the name under which SDK clients know it. */
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
