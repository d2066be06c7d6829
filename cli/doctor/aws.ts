import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { readVideosUrl } from '../service/videos-url.ts';
import { type Check, ok, problem } from './check.ts';
import type { Credentials } from './quota.ts';

/** The clients of AWS, which tests replace. */
export interface AwsPeers {
  readonly credentials: () => Promise<Credentials>;
  readonly cloudFormation: CloudFormationClient;
  readonly secretsManager: SecretsManagerClient;
  /** @default that of AWS */
  readonly lambdaOrigin?: string;
}

/** @param region undefined for the one in the configuration of the AWS CLI */
export function awsPeers(region: string | undefined): AwsPeers {
  const config = region === undefined ? {} : { region };
  return {
    credentials: defaultProvider(),
    cloudFormation: new CloudFormationClient(config),
    secretsManager: new SecretsManagerClient(config),
  };
}

/** Are there credentials? AWS has not been asked whether they are valid: the next checks do. */
export async function checkCredentials({ credentials }: Pick<AwsPeers, 'credentials'>): Promise<Check> {
  const name = 'AWS credentials';
  try {
    const { accessKeyId } = await credentials();
    return ok(
      name,
      `there are some, with the access key ${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`,
    );
  } catch (error) {
    const advice = 'Set them up (aws configure, or AWS_PROFILE), or give --url and --key, or --local.';
    return problem(name, (error as Error).message, advice);
  }
}

/** @returns the check, and the address of the service where it is known */
export async function checkStack(
  stack: string,
  { cloudFormation }: Pick<AwsPeers, 'cloudFormation'>,
): Promise<{ readonly check: Check; readonly url?: string }> {
  try {
    const url = await readVideosUrl(stack, cloudFormation);
    return { check: ok('stack', `${stack} has the output VideosUrl, ${url}`), url };
  } catch (error) {
    const advice = 'Deploy it first, name another with --stack, or set AWS_REGION to that of the stack.';
    return { check: problem('stack', (error as Error).message, advice) };
  }
}

/** Is there a secret with the MiniMax key? Its value is not read. */
export async function checkSecret(
  SecretId: string,
  { secretsManager }: Pick<AwsPeers, 'secretsManager'>,
): Promise<Check> {
  try {
    const { DeletedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate === undefined) return ok('secret', `${SecretId} exists`);
    return problem(
      'secret',
      `${SecretId} is being deleted`,
      `aws secretsmanager restore-secret --secret-id ${SecretId}`,
    );
  } catch (error) {
    const { name, message } = error as Error;
    const advice =
      name === 'ResourceNotFoundException'
        ? `aws secretsmanager create-secret --name ${SecretId} --secret-string "$MINIMAX_API_KEY". Another secret is named with --secret.`
        : 'The service may still be able to read it. Ask who manages the account.';
    return problem('secret', `${SecretId}: ${name}: ${message}`, advice);
  }
}
