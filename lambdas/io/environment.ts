import { type EnvironmentOf, FUNCTION_ENVIRONMENT, type FunctionName } from '../core/environment.ts';
import type { Schedule } from '../core/job/schedule.ts';

/** Reads what the function of this name is given. @throws Error that names every missing variable at once */
export function readEnvironment<Name extends FunctionName>(name: Name): EnvironmentOf<Name> {
  const variables: readonly string[] = FUNCTION_ENVIRONMENT[name];
  const missing = variables.filter((variable) => process.env[variable] === undefined);
  if (missing.length > 0) throw new Error(`${name} needs the environment variables ${missing.join(', ')}`);
  return Object.fromEntries(
    variables.map((variable) => [variable, process.env[variable]]),
  ) as EnvironmentOf<Name>;
}

/** What a function is given by Lambda itself, and where it finds AWS's services. */
export interface AwsSurroundings {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly endpoints: Readonly<Record<'s3' | 'states' | 'secretsmanager', string>>;
}

/** Reads what the SDK reads by itself. @param urlSuffix as in `amazonaws.com` */
export function readAwsSurroundings(urlSuffix: string): AwsSurroundings {
  const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken } = process.env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env;
  const own = (service: string): string => `https://${service}.${region}.${urlSuffix}`;
  const {
    AWS_ENDPOINT_URL_S3: s3 = own('s3'),
    AWS_ENDPOINT_URL_SFN: states = own('states'),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsmanager = own('secretsmanager'),
  } = process.env;
  return {
    region,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    endpoints: { s3, states, secretsmanager },
  };
}

/** By which log lines are told apart, as Powertools does. */
export function readLogContext(): { readonly service: string; readonly function_name: string } {
  const { POWERTOOLS_SERVICE_NAME: service = '', AWS_LAMBDA_FUNCTION_NAME: function_name = '' } = process.env;
  return { service, function_name };
}

/** The rules of waiting, as the stack wrote them into the environment. */
export function toSchedule(
  environment: Pick<
    EnvironmentOf<'check-task'>,
    'FIRST_WAIT_SECONDS' | 'POLL_SECONDS' | 'GIVE_UP_AFTER_SECONDS'
  >,
): Schedule {
  return {
    firstWaitSeconds: Number(environment.FIRST_WAIT_SECONDS),
    pollSeconds: Number(environment.POLL_SECONDS),
    giveUpAfterSeconds: Number(environment.GIVE_UP_AFTER_SECONDS),
  };
}
