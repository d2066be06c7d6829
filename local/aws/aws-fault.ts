/** An error that an AWS service answers, by the name under which SDK clients know it. */
export class AwsFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
