import { isLoopback } from '../../client/address.ts';
import { regionOf } from '../../client/authorize.ts';
import { type ClientOptions, createClient, type RetryNotice, type VideosClient } from '../../client/index.ts';
import { MINIMAX_HEADER, SIMULATED } from '../../lambdas/core/api/simulated.ts';
import { UsageError } from '../../local/user-error.ts';
import { type LocalEnvironment, readLocalEnvironment } from '../environment.ts';
import { printStatus } from '../print-status.ts';
import { startHintFor } from './start-hint.ts';
import { toWhere, type Where, type WhereValues } from './where.ts';

/** A service, deployed or on this machine. */
export interface Service {
  readonly client: VideosClient;
  readonly where: Where;
  readonly videosUrl: string;
  /** Whether its last answer has said that a simulated MiniMax makes its videos. Only a service on this machine is believed. */
  isSimulated(): boolean;
  /** The time of its last answer, by its own clock, and when that came by the clock of this machine. */
  lastAnswer(): AnswerTime | undefined;
}

export interface AnswerTime {
  readonly date: string | null;
  readonly receivedAt: Date;
}

/** Finds the service, and how to be authorized there. @param signal ends every call. @throws UsageError */
export async function connect(values: WhereValues, signal: AbortSignal): Promise<Service> {
  const environment = readLocalEnvironment();
  const where = toWhere(values, environment);
  return connectTo(where, { environment, signal });
}

interface ConnectOptions {
  readonly environment: LocalEnvironment;
  readonly signal: AbortSignal;
}

/** Where a service is, and how to be authorized there. */
export interface Reached {
  readonly videosUrl: string;
  readonly access: Pick<ClientOptions, 'apiKey' | 'credentials' | 'region'>;
  /** Whether it is on this machine. */
  readonly isLocal: boolean;
}

/** @throws UsageError */
export async function reach(where: Where, environment: LocalEnvironment): Promise<Reached> {
  const videosUrl = where.url ?? (await readUrlOf(where.stack));
  const access = await accessTo(videosUrl, where, environment);
  return { videosUrl, access, isLocal: isLoopback(new URL(videosUrl)) };
}

export async function connectTo(where: Where, { environment, signal }: ConnectOptions): Promise<Service> {
  const { videosUrl, access, isLocal } = await reach(where, environment);
  let last: (AnswerTime & { readonly isSimulated: boolean }) | undefined;

  const noticing: typeof fetch = async (...args) => {
    const response = await fetch(...args);
    const isSimulated = isLocal && response.headers.get(MINIMAX_HEADER) === SIMULATED;
    last = { date: response.headers.get('date'), receivedAt: new Date(), isSimulated };
    return response;
  };
  const client = createClient({ url: videosUrl, ...access, signal, fetch: noticing, onRetry: printRetry });
  return {
    client,
    where,
    videosUrl,
    isSimulated: () => last?.isSimulated === true,
    lastAnswer: () => last,
  };
}

/** Says of dollars that were read from a service that no person has paid them. */
export const SIMULATED_DOLLARS =
  'MiniMax is simulated here, so no money was spent. The dollars are the prices of real videos.';

/** A service on this machine needs no signature, because it takes unsigned requests. */
async function accessTo(
  videosUrl: string,
  { key }: Where,
  { awsRegion, hasAwsCredentials }: LocalEnvironment,
): Promise<Reached['access']> {
  if (key !== undefined) return { apiKey: key };
  const address = new URL(videosUrl);
  if (isLoopback(address) && !hasAwsCredentials) return {};
  const region = regionOf(address) ?? awsRegion;
  if (region === undefined)
    throw new UsageError(`The region of ${address.hostname} is not known; set AWS_REGION, or give --key.`);
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const provider = defaultProvider();
  const credentials = async () =>
    provider().catch((error: Error) => {
      throw new UsageError(
        `There are no AWS credentials to sign with (${error.message}); set them up, or give --key.`,
      );
    });
  return { credentials, region };
}

/** Imports the SDK of CloudFormation only where it is needed. */
async function readUrlOf(stack: string): Promise<string> {
  const { readVideosUrl } = await import('./videos-url.ts');
  return readVideosUrl(stack);
}

function printRetry({ host, reason, attempt, attempts, pauseSeconds }: RetryNotice): void {
  // At once, and not after the last attempt: some fifteen seconds pass until then.
  const hint = attempt === 2 ? startHintFor({ host, reason }) : undefined;
  if (hint !== undefined) printStatus(`No program listens at ${host}. ${hint}`);
  const tries = attempts === undefined ? `try ${attempt}` : `try ${attempt} of ${attempts}`;
  printStatus(`${host}: ${reason}; ${tries} in ${pauseSeconds} s`);
}
