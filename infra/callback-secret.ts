import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledgeFindings } from './nag.ts';

export interface CallbackAccess {
  /** As in `https://…/prod/callbacks`. */
  readonly url: string;
  /** The secret from which the tokens of callback addresses are made. */
  readonly secret: ISecret;
}

/** The tokens of callback addresses are made from it. An environment variable would show it to all who read a function's configuration. */
export function createCallbackSecret(scope: Construct, encryptionKey?: IKey): ISecret {
  const secret = new Secret(scope, 'CallbackSecret', {
    description:
      'Template Video: the tokens of callback addresses are made from it. Its holder can cause checks of running videos.',
    encryptionKey,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledgeFindings(secret, {
    'AwsSolutions-SMG4': 'A rotation invalidates the callback addresses of all running videos.',
  });
  return secret as ISecret;
}
