import { InvalidSetting, toSettings } from '../infra/settings.ts';
import { UsageError } from '../local/user-error.ts';
import type { LocalEnvironment } from './environment.ts';

/** Which MiniMax a person has chosen: the real one by giving a key, and otherwise a simulated one. */
export interface MiniMaxChoice {
  readonly apiKey?: string | undefined;
  /** Of the real one. @default the project's own setting */
  readonly host?: string | undefined;
}

/** @throws UsageError for a key that no account can have, or a host that the stack would not take; the key is never shown */
export function toMiniMaxChoice({ minimaxApiKey, minimaxApiHost }: LocalEnvironment): MiniMaxChoice {
  // An empty variable counts as one that is not set.
  const apiKey = minimaxApiKey?.replace(/[\r\n]+$/, '') || undefined;
  const host = minimaxApiHost?.trim() || undefined;
  const why = apiKey === undefined ? undefined : faultOf(apiKey);
  if (why !== undefined)
    throw new UsageError(
      `MINIMAX_API_KEY ${why}; allowed is the key alone: visible ASCII characters, without spaces and quotes. Without a key, unset it: a simulated MiniMax answers then.`,
    );
  return { apiKey, host: host === undefined ? undefined : toHost(host) };
}

function faultOf(key: string): string | undefined {
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

/** A user's name and password may stand in an address. */
function withoutSecrets(address: string): string {
  return address.replace(/[^/]*@/, '…@');
}
