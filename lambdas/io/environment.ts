import type { Visibility } from '../core/api/visibility.ts';
import {
  type EnvironmentOf,
  FUNCTION_ENVIRONMENT,
  type FunctionName,
  OPTIONAL_ENVIRONMENT,
} from '../core/environment.ts';
import type { Schedule } from '../core/job/schedule.ts';
import type { ListRules } from '../core/table/entry.ts';

/** Reads the environment variables of this function. @throws Error that names all missing variables */
export function readEnvironment<Name extends FunctionName>(name: Name): EnvironmentOf<Name> {
  const variables: readonly string[] = FUNCTION_ENVIRONMENT[name];
  const missing = variables.filter((variable) => process.env[variable] === undefined);
  if (missing.length > 0) throw new Error(`${name} needs the environment variables ${missing.join(', ')}`);
  const further: Partial<Record<FunctionName, readonly string[]>> = OPTIONAL_ENVIRONMENT;
  return Object.fromEntries(
    [...variables, ...(further[name] ?? [])].map((variable) => [variable, process.env[variable]]),
  ) as EnvironmentOf<Name>;
}

/** The origins whose pages may read an answer of this function. */
export function readCorsOrigins(): readonly string[] {
  return process.env.CORS_ORIGINS?.split(',') ?? [];
}

/** How many days the file of a video is kept. @returns undefined for ever */
export function toRetentionDays({
  RETENTION_DAYS,
}: Pick<EnvironmentOf<'get-video'>, 'RETENTION_DAYS'>): number | undefined {
  return RETENTION_DAYS === undefined ? undefined : Number(RETENTION_DAYS);
}

/** The setting of this name. Any unknown text is the stricter value. */
export function toVisibility({ VISIBILITY }: Pick<EnvironmentOf<'get-video'>, 'VISIBILITY'>): Visibility {
  return VISIBILITY === 'everyone' ? 'everyone' : 'owner';
}

/** The schedule of checks, as the stack wrote it into the environment. */
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

/** Which lists a video is in, as the stack wrote it into the environment. */
export function toListRules({
  VISIBILITY,
  LISTED_METADATA,
}: Pick<EnvironmentOf<'list-videos'>, 'VISIBILITY' | 'LISTED_METADATA'>): ListRules {
  return {
    visibility: toVisibility({ VISIBILITY }),
    listedMetadata: LISTED_METADATA.split(',').filter((key) => key !== ''),
  };
}
