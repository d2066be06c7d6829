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
