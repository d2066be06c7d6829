import * as z from 'zod/mini';

/** The sender of a request, as API Gateway's `requestContext.identity` names it. */
export interface Identity {
  /** Of a user of a Cognito identity pool, who signs with credentials of that pool. */
  readonly cognitoIdentityId?: string | null;
  /** With IAM, the unique id of the principal: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
  readonly caller?: string | null;
  /** With API keys, the id of the key. It is not secret. */
  readonly apiKeyId?: string | null;
}

export interface Access {
  readonly identity: Identity;
  /** The context of the authorizer, where the API has one. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null;
}

/**
 * Whose a request is: its idempotency keys, videos and uploads. Two owners never have one text. The first that is there counts: the
 * identity of a Cognito identity pool, issuer and subject of a token, the IAM principal, the API key, the authorizer's principal.
 * @returns undefined where none of them is there
 */
export function ownerOf({ identity, authorizer }: Access): string | undefined {
  const { cognitoIdentityId, caller, apiKeyId } = identity;
  const { principalId, claims, jwt } = authorizerSchema.parse(authorizer ?? {});
  const token = claims ?? jwt?.claims;
  if (cognitoIdentityId) return `cognito ${cognitoIdentityId}`;
  if (token !== undefined) return `token ${JSON.stringify([token.iss, token.sub])}`;
  if (caller) return `iam ${withoutSession(caller)}`;
  if (apiKeyId) return `key ${apiKeyId}`;
  return principalId && `authorizer ${principalId}`;
}

/**
 * All sessions of a role are one owner: a restarted client has a new session, and repeats the request of the old one. A user
 * (`AIDA…`) and an account have no session. A federated user is `account:name`, where the name says who it is.
 */
function withoutSession(caller: string): string {
  return caller.replace(/^([A-Z]\w*):.*$/s, '$1');
}

const nameSchema = z.string().check(z.minLength(1));
/** A subject is unique for its issuer only. */
const claimsSchema = z.catch(z.optional(z.object({ iss: nameSchema, sub: nameSchema })), undefined);
/** A Cognito authorizer gives claims, a JWT authorizer gives them in `jwt`, and a Lambda authorizer names a principal. */
const authorizerSchema = z.object({
  principalId: z.catch(z.optional(nameSchema), undefined),
  claims: claimsSchema,
  jwt: z.catch(z.optional(z.object({ claims: claimsSchema })), undefined),
});
