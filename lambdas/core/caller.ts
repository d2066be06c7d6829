/** What API Gateway knows of whoever has sent a request. */
export interface Identity {
  /** With IAM, the principal: `AIDA…` for a user, `AROA…:session` for a role. */
  readonly caller?: string | null;
  /** With API keys, the key's id, which is no secret. */
  readonly apiKeyId?: string | null;
}

/**
 * Whose idempotency keys these are. A role is one caller, whatever its session is called: a task that was restarted has
 * another session, and is the very one that repeats a request.
 */
export function callerOf({ caller, apiKeyId }: Identity): string {
  if (apiKeyId) return `key ${apiKeyId}`;
  return `iam ${(caller ?? '').replace(/^(AROA\w+):.*$/, '$1')}`;
}
