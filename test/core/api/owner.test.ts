import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Access, ownerOf } from '../../../lambdas/core/api/owner.ts';

/** What API Gateway sends as `identity` beside the fields of the row. */
const NONE = {
  accessKey: null,
  accountId: null,
  apiKeyId: null,
  caller: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: '203.0.113.9',
  user: null,
  userAgent: 'curl/8.5.0',
  userArn: null,
};
const ISSUER = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
const SUBJECT = '0a1b2c3d-1111-4222-8333-444455556666';
const CLAIMS = {
  sub: SUBJECT,
  iss: ISSUER,
  'cognito:username': 'ann',
  email: 'ann@example.com',
  aud: '7client',
};
const POOL_USER = {
  accessKey: 'ASIAEXAMPLE',
  accountId: '123456789012',
  caller: 'AROAPOOL:CognitoIdentityCredentials',
  cognitoAuthenticationType: 'authenticated',
  cognitoIdentityPoolId: 'eu-west-1:11111111-2222-3333-4444-555555555555',
  user: 'AROAPOOL:CognitoIdentityCredentials',
};
const A_TOKEN = `token ["${ISSUER}","${SUBJECT}"]`;

const ROWS: readonly (readonly [string, Access, string | undefined])[] = [
  ['an IAM user', { identity: { ...NONE, caller: 'AIDAUSER' } }, 'iam AIDAUSER'],
  ['a role', { identity: { ...NONE, caller: 'AROAROLE:one' } }, 'iam AROAROLE'],
  ['another session of it', { identity: { ...NONE, caller: 'AROAROLE:two' } }, 'iam AROAROLE'],
  [
    'a permission set of IAM Identity Center',
    { identity: { ...NONE, caller: 'AROASSO:ann@example.com' } },
    'iam AROASSO',
  ],
  ['an instance', { identity: { ...NONE, caller: 'AROAROLE:i-0123456789abcdef0' } }, 'iam AROAROLE'],
  [
    'a session name with a colon and a line',
    { identity: { ...NONE, caller: 'AROAROLE:a:b\nc' } },
    'iam AROAROLE',
  ],
  ['an account root', { identity: { ...NONE, caller: '123456789012' } }, 'iam 123456789012'],
  [
    'a GetFederationToken caller',
    { identity: { ...NONE, caller: '123456789012:ann' } },
    'iam 123456789012:ann',
  ],
  [
    'a user of an identity pool',
    { identity: { ...NONE, ...POOL_USER, cognitoIdentityId: 'eu-west-1:aaaa' } },
    'cognito eu-west-1:aaaa',
  ],
  ['a user of a user pool', { identity: NONE, authorizer: { claims: CLAIMS } }, A_TOKEN],
  ['a JWT authorizer', { identity: NONE, authorizer: { jwt: { claims: CLAIMS, scopes: null } } }, A_TOKEN],
  ['an API key', { identity: { ...NONE, apiKeyId: 'a1b2c3d4e5' } }, 'key a1b2c3d4e5'],
  [
    'a Lambda authorizer',
    { identity: NONE, authorizer: { principalId: 'ann', integrationLatency: 12, shop: '7' } },
    'authorizer ann',
  ],
  [
    'an API key and an authorizer',
    { identity: { ...NONE, apiKeyId: 'a1b2c3d4e5' }, authorizer: { principalId: 'ann' } },
    'key a1b2c3d4e5',
  ],
  ['claims and a principal', { identity: NONE, authorizer: { principalId: 'ann', claims: CLAIMS } }, A_TOKEN],
  ['nothing', { identity: NONE }, undefined],
  ['no authorizer', { identity: NONE, authorizer: null }, undefined],
  ['empty texts', { identity: { caller: '', apiKeyId: '' }, authorizer: { principalId: '' } }, undefined],
  ['a subject without an issuer', { identity: NONE, authorizer: { claims: { sub: SUBJECT } } }, undefined],
  ['claims that are a text', { identity: NONE, authorizer: { claims: JSON.stringify(CLAIMS) } }, undefined],
  ['a principal that is no text', { identity: NONE, authorizer: { principalId: 7 } }, undefined],
];

test.each(ROWS)('names the owner of a request of %s', (_who, access, owner) => {
  expect(ownerOf(access)).toBe(owner);
});

test('never gives one text to two different callers', () => {
  const text = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(...'a "\\,[]:|'.split('')) });
  const access: fc.Arbitrary<Access> = fc.oneof(
    text.map((cognitoIdentityId) => ({ identity: { cognitoIdentityId } })),
    fc.tuple(text, text).map(([iss, sub]) => ({ identity: {}, authorizer: { claims: { iss, sub } } })),
    text.map((caller) => ({ identity: { caller } })),
    text.map((apiKeyId) => ({ identity: { apiKeyId } })),
    text.map((principalId) => ({ identity: {}, authorizer: { principalId } })),
  );
  const seen = new Map<string | undefined, string>();
  fc.assert(
    fc.property(access, (one) => {
      const owner = ownerOf(one);
      const sender = JSON.stringify(one);
      expect(seen.get(owner) ?? sender).toBe(sender);
      seen.set(owner, sender);
    }),
    { numRuns: 2_000 },
  );
});
