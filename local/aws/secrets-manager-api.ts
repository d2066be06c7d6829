import type { GetSecretValueRequest, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { ACCOUNT_ID, REGION } from '../template/template.ts';
import { AwsError } from './aws-error.ts';
import type { Operations } from './json-endpoint.ts';

/** @param secrets texts by name; the first map with a name wins */
export function secretsManagerApi(...secrets: readonly ReadonlyMap<string, string>[]): Operations {
  return {
    'secretsmanager.GetSecretValue': ({ SecretId }: GetSecretValueRequest): GetSecretValueResponse => {
      const name = SecretId ?? '';
      const value = secrets.map((some) => some.get(name)).find((text) => text !== undefined);
      if (value === undefined) {
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      return {
        ARN: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${name}`,
        Name: name,
        SecretString: value,
      };
    },
  };
}
