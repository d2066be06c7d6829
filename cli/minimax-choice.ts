import { InvalidSetting, toSettings } from '../infra/settings.ts';
import type { Context } from '../local/synthesize.ts';
import { UsageError } from '../local/user-error.ts';
import type { LocalEnvironment } from './environment.ts';

export const GLOBAL_HOST = 'https://api.minimax.io';

/** Which MiniMax a person has chosen: the real one with a key, the simulated one without. */
export interface MiniMaxChoice {
  readonly apiKey?: string;
  /** The host of the real MiniMax. @default the project's own setting */
  readonly host?: string;
}

/** @throws UsageError for a malformed key, which is never shown, or a host that the stack would reject */
export function toMiniMaxChoice({ minimaxApiKey, minimaxApiHost }: LocalEnvironment): MiniMaxChoice {
  // An empty variable counts as one that is not set.
  const apiKey = minimaxApiKey?.replace(/[\r\n]+$/, '') || undefined;
  const host = minimaxApiHost?.trim() || undefined;
  const problem = apiKey === undefined ? undefined : problemOf(apiKey);
  if (problem !== undefined)
    throw new UsageError(
      `MINIMAX_API_KEY ${problem}; allowed is the key alone: visible ASCII characters, without spaces and quotes. To use the simulated MiniMax, unset it.`,
    );
  return { apiKey, host: host === undefined ? undefined : toHost(host) };
}

/** The host as a setting of the stack. It is absent without a choice, so that it does not replace the project's own. */
export function toHostContext({ host }: MiniMaxChoice): Context {
  return host === undefined ? {} : { minimaxHost: host };
}

function problemOf(key: string): string | undefined {
  if (/\s/.test(key)) return 'has a space or a line break in it';
  if (/^["'`]|["'`]$/.test(key)) return 'has quotes around it';
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'has a character that is not visible ASCII';
}

function toHost(given: string): string {
  try {
    return toSettings({ minimaxHost: given }).minimaxHost;
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new UsageError(
      `MINIMAX_API_HOST is ${JSON.stringify(withoutSecrets(given))}; allowed is an https origin without a path, such as https://api.minimax.io (http only for loopback).`,
    );
  }
}

/** An address may contain a user name and a password. */
function withoutSecrets(address: string): string {
  return address.replace(/[^/]*@/, '…@');
}
