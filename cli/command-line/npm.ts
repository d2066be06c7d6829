import { UsageError } from '../../local/user-error.ts';
import { type Environment, readNpmEnvironment } from '../environment.ts';
import { PROGRAM } from './commander.ts';
import type { Flags } from './spec.ts';

/** npm's scripts of this project, by the command that each runs. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'make --here': 'npm start',
  make: 'npm run video',
  dev: 'npm run dev',
  reindex: 'npm run reindex',
};

/** The scripts of this project run it as `template-video`, which is the name of this project too. */
const PROJECT = 'template-video';
const EVENTS: readonly string[] = ['start', 'video', 'dev', 'reindex', PROGRAM];

/** A command as the person at this machine types it: npm's script in this project, and the program itself elsewhere. */
export function shownCommand(
  command: string,
  flags = '',
  environment: Environment = readNpmEnvironment(),
): string {
  const { npm_lifecycle_event: event = '', npm_package_name: project } = environment;
  const isScript = project === PROJECT && EVENTS.includes(event);
  if (!isScript) return `${PROGRAM} ${command} ${flags}`.trimEnd();
  const [script, separator] = [SCRIPTS[command], flags === '' ? '' : ` -- ${flags}`];
  return script === undefined
    ? `npm run ${PROGRAM} -- ${command} ${flags}`.trimEnd()
    : `${script}${separator}`;
}

/**
 * npm takes flags before a `--` for its own, and passes them on in the environment only. Without this check, the command would
 * ignore them: it would make, and pay for, another video.
 * @param shown the command as a person types it
 * @throws UsageError
 */
export function rejectSwallowedFlags(
  flags: Flags,
  shown: (flags: string) => string,
  environment: Environment,
): void {
  for (const flag of Object.keys(flags)) {
    if (NPM_SETTINGS.includes(flag)) continue;
    if (environment[`npm_config_${flag.replaceAll('-', '_')}`] === undefined) continue;
    throw new UsageError(
      `npm took --${flag} for its own flag. Put -- before the flags: ${shown(`--${flag} …`)}`,
    );
  }
}

/** Settings that a person's `.npmrc` may contain, or that are meant for npm itself, as in `npx --yes`. To ignore them spends nothing. */
const NPM_SETTINGS: readonly string[] = ['json', 'key', 'yes', 'all', 'before'];
