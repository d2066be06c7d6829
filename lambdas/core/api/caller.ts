/** What API Gateway knows of whoever has sent a request. */
export interface Identity {
  /** With IAM, the principal: `AIDA…` for a user, `AROA…:session` for a role. */
  readonly caller?: string | null;
  /** With API keys, the key's id, which is no secret. */
  readonly apiKeyId?: string | null;
}

export interface Access {
  readonly identity: Identity;
  /** What an authorizer has found out, where there is one. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Whose idempotency keys these are. A role is one caller, whatever its session is called: a task that was restarted has
 * another session, and is the very one that repeats a request.
 */
export function callerOf({ identity: { caller, apiKeyId }, authorizer }: Access): string {
  const user = userOf(authorizer);
  if (user !== undefined) return `user ${user}`;
  if (apiKeyId) return `key ${apiKeyId}`;
  return `iam ${(caller ?? '').replace(/^(AROA\w+):.*$/, '$1')}`;
}

/** A function of the owner's names a principal, and a Cognito pool the subject of its token. */
function userOf(authorizer: Access['authorizer']): string | undefined {
  const { principalId, claims } = authorizer ?? {};
  const { sub } = (claims ?? {}) as { readonly sub?: unknown };
  return [principalId, sub].find((name) => typeof name === 'string' && name !== '') as string | undefined;
}
