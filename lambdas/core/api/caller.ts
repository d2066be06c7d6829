import * as z from 'zod/mini';

/** The sender of a request, as API Gateway's `requestContext.identity` names it. */
export interface Principal {
  /** With IAM, the unique id of the principal: `AIDA…` for a user, `AROA…:session` for a role. */
  readonly caller?: string | null;
  /** With API keys, the id of the key. It is not secret. */
  readonly apiKeyId?: string | null;
}

export interface Access {
  readonly identity: Principal;
  /** The context of the authorizer, where the API has one. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null;
}

/**
 * The owner of idempotency keys and videos. All sessions of a role are one caller: a restarted client has a new session, and
 * repeats the request of the old one.
 */
export function callerOf({ identity: { caller, apiKeyId }, authorizer }: Access): string {
  const user = userOf(authorizer);
  if (user !== undefined) return `user ${user}`;
  if (apiKeyId) return `key ${apiKeyId}`;
  return `iam ${(caller ?? '').replace(/^(AROA\w+):.*$/, '$1')}`;
}

const nameSchema = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const authorizerSchema = z.object({
  principalId: nameSchema,
  claims: z.catch(z.object({ sub: nameSchema }), {}),
});

/** A Lambda authorizer names a principal. A Cognito authorizer names the subject of the token. */
function userOf(authorizer: Access['authorizer']): string | undefined {
  const { principalId, claims } = authorizerSchema.parse(authorizer ?? {});
  return principalId ?? claims.sub;
}
