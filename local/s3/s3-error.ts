/** An error response of S3. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Code and message come from this program, so they need no escaping. */
export function toXml({ code, message }: Pick<S3Error, 'code' | 'message'>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
