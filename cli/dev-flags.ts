import { InvalidSetting, type Settings, toSettings } from '../infra/settings.ts';
import { UsageError } from '../local/user-error.ts';
import { toWholeNumber } from './command-line/whole-number.ts';

/** The flags of `dev`, as given. */
export interface DevValues {
  readonly port: string;
  readonly callbacks: boolean;
  readonly open: boolean;
  readonly 'max-workers': string;
  readonly 'cors-origin': readonly string[] | undefined;
}

export interface DevFlags {
  readonly port: number;
  readonly callbacks: boolean;
  readonly maxWorkers: number;
  /** Origins whose pages may call the API. Undefined leaves them to the project. */
  readonly corsOrigins: readonly string[] | undefined;
}

/** @param isReal whether the real MiniMax answers; it cannot reach this machine. @throws UsageError */
export function toDevFlags(values: DevValues, isReal: boolean): DevFlags {
  const { port, callbacks, 'max-workers': maxWorkers, 'cors-origin': corsOrigins } = values;
  if (callbacks && isReal)
    throw new UsageError(
      '--callbacks is for the simulated MiniMax, so it cannot be used with MINIMAX_API_KEY.',
    );
  return {
    port: toWholeNumber('--port', port, { from: 0, to: 65_535 }),
    callbacks,
    maxWorkers: toWholeNumber('--max-workers', maxWorkers, { from: 1, to: 1000 }),
    corsOrigins: corsOrigins?.map(toOrigin),
  };
}

function toOrigin(given: string): string {
  const { corsOrigins } = settingsOf(given);
  const [origin] = corsOrigins;
  if (origin !== undefined && corsOrigins.length === 1) return origin;
  throw wrongOrigin(given);
}

function settingsOf(corsOrigins: string): Pick<Settings, 'corsOrigins'> {
  try {
    return toSettings({ corsOrigins });
  } catch (error) {
    throw error instanceof InvalidSetting ? wrongOrigin(corsOrigins) : error;
  }
}

function wrongOrigin(given: string): UsageError {
  return new UsageError(
    `--cors-origin is ${JSON.stringify(given)}; allowed is one exact origin such as http://localhost:5173, without a path and without *.`,
  );
}
