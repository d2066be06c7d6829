/** What the service itself adds to the request that an execution is started with. A request over the HTTPS API cannot have these fields. */
export interface ServiceFields {
  /** Whose video it is, as core/api/owner.ts names the caller of the HTTPS API. @default the execution was started in the console */
  readonly owner?: string;
  /** The entity tag of the job document that this execution takes over, because the execution that wrote it is gone. */
  readonly takes_over?: string;
}

/** The parts of an execution's input. */
export interface ExecutionInput extends ServiceFields {
  /** The request. Where the execution was started in the console, it may be any JSON. */
  readonly request: unknown;
}

/** Splits the input of an execution into the request and what the service has added to it. */
export function toExecutionInput(input: unknown): ExecutionInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { request: input };
  const { owner, takes_over, ...request } = input as Readonly<Record<string, unknown>>;
  return {
    request,
    owner: typeof owner === 'string' ? owner : undefined,
    takes_over: typeof takes_over === 'string' ? takes_over : undefined,
  };
}
