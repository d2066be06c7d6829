import type { IncomingMessage } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { hasRest, isPage, toBeginning, validateRangeResponse } from '../../core/download/remote-file.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure, NO_WORD_OF_TASK } from '../../core/failure.ts';
import { type FetchPolicy, guardedGet, unreachable } from '../http/guarded-get.ts';
import type { Progress } from './state.ts';
import { reached } from './state.ts';

/** So many connections are made for one download, and so many in a row may bring nothing new. */
const MAX_CONNECTIONS = 100;
const MAX_FRUITLESS = 5;

const LINK_IS_OVER: readonly number[] = [403, 404, 410];
/** Answers to a request for the rest by which there is no rest; any other may be different the next time. */
const NO_REST: readonly number[] = [412, 416];

export interface Source extends FetchPolicy {
  readonly maxMegabytes: number;
  /** The pause before a connection that follows one in vain; it doubles with each. */
  readonly pauseSeconds: number;
  /** Asks for the link, at first and when it leads nowhere any more. */
  readonly askForLink: () => Promise<string>;
}

/** What came is a part of which the rest cannot be had: only to begin again helps. */
export class ResumeRejected extends Failure {
  constructor(why: string) {
    super('VideoUnreachable', `The download failed: ${why}.`);
  }
}

/** The connections of one download, one after the other. */
export interface ConnectionManager {
  /**
   * The next connection that gives the file from where it has come to.
   * @throws Failure `VideoUnreachable` when there have been enough, `ResumeRejected` when only the beginning is to be had
   */
  open(progress: Progress, signal: AbortSignal): Promise<IncomingMessage>;
  /** Is told when a connection has brought something new, */
  onBytes(): void;
  /** why it has ended too early, */
  onDisconnect(why: string): void;
  /** and that what it has brought is no video: the link may lead to one later, or another link may. */
  hasDisappointed(): void;
  /** How many connections have brought something where another had broken off. */
  resumes(): number;
}

export function createConnectionManager(source: Source): ConnectionManager {
  let link: string | undefined;
  let lastFailure: Error = unreachable('nothing was tried');
  let brokenBy = 'an earlier attempt was stopped';
  let connections = 0;
  let consecutiveFailures = 0;
  let disappointments = 0;
  let resumes = 0;
  let isResuming = false;

  async function nextTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (connections === MAX_CONNECTIONS || consecutiveFailures === MAX_FRUITLESS) throw lastFailure;
    const turnsInVain = Math.max(consecutiveFailures, disappointments);
    if (turnsInVain > 0)
      await after(2 ** (turnsInVain - 1) * source.pauseSeconds * 1000, undefined, { signal });
    connections += 1;
    consecutiveFailures += 1;
  }

  async function follow(progress: Progress, signal: AbortSignal): ReturnType<typeof guardedGet> {
    link ??= await source.askForLink();
    return guardedGet(link, toHeaders(progress), source, signal);
  }

  async function tryOnce(progress: Progress, signal: AbortSignal): Promise<IncomingMessage | undefined> {
    const got = await follow(progress, signal).catch((error: unknown) => {
      if (!isTransient(error, progress)) throw error;
      lastFailure = isForbidden(error) ? new RetryableError('LinkNotAllowed', error.message) : error;
      // A gateway may have led astray, or MiniMax may give another link.
      if (isForbidden(error)) link = undefined;
    });
    if (got === undefined) return undefined;
    const { response, host } = got;
    try {
      const why = progress.bytes > 0 ? whyNoRest(response, progress) : whyNoBeginning(response, progress);
      if (why === undefined) return response;
      lastFailure = unreachable(`the server of ${host} ${why}`);
    } catch (refusal) {
      response.destroy();
      throw refusal;
    }
    response.destroy();
    if (LINK_IS_OVER.includes(response.statusCode ?? 0)) link = undefined;
    return undefined;
  }

  return {
    async open(progress, signal) {
      for (;;) {
        if (progress.bytes > 0 && !hasRest(progress.file))
          throw new ResumeRejected(`${brokenBy}, and its server offers no way to go on from there`);
        await nextTurn(signal);
        const response = await tryOnce(progress, signal);
        isResuming = progress.bytes > 0;
        if (response !== undefined) return response;
      }
    },
    onBytes() {
      consecutiveFailures = 0;
      if (isResuming) resumes += 1;
      isResuming = false;
    },
    onDisconnect(why) {
      brokenBy = why;
      lastFailure = unreachable(why);
    },
    hasDisappointed() {
      disappointments += 1;
      link = undefined;
    },
    resumes: () => resumes,
  };
}

/** Once a part of the file has come, the rest of the same file is asked for. */
function toHeaders({ bytes, tail, file }: Progress): Readonly<Record<string, string>> {
  if (bytes === 0 || !hasRest(file)) return {};
  const rest = { range: `bytes=${bytes - tail.length}-` };
  return file.validator === undefined ? rest : { ...rest, 'if-range': file.validator };
}

/** Notes what an answer says of the file, if it gives it from its first byte on. */
function whyNoBeginning(response: IncomingMessage, progress: Progress): string | undefined {
  const beginning = toBeginning(response);
  if ('why' in beginning) return beginning.why;
  progress.file = beginning.file;
  return undefined;
}

/**
 * Notes what an answer says of the file, if it goes on where that has come to.
 * @throws Failure `ResumeRejected` when the file is another one, or cannot be had from there
 */
function whyNoRest(response: IncomingMessage, progress: Progress): string | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 206) {
    const isWhole = !('why' in toBeginning(response)) && !isPage(response);
    if (!isWhole && !NO_REST.includes(statusCode)) return `answered HTTP ${statusCode}`;
    throw new ResumeRejected(
      `it broke off after ${reached(progress)}, and its server gives no rest of it (HTTP ${statusCode})`,
    );
  }
  const rest = validateRangeResponse(progress.file, progress.bytes - progress.tail.length, headers);
  if ('why' in rest) throw new ResumeRejected(rest.why);
  progress.file = rest.file;
  return undefined;
}

/** While there is nothing to lose, what MiniMax says of the task is for the workflow to act on. */
function isTransient(error: unknown, { bytes }: Progress): error is Failure {
  if (!(error instanceof Failure)) return false;
  const isAboutTask = NO_WORD_OF_TASK.includes(error.name);
  return error.name === 'VideoUnreachable' || isForbidden(error) || (isAboutTask && bytes > 0);
}

/** Does a link, or where it led, break a rule? Nothing was connected to. */
function isForbidden({ name }: Failure): boolean {
  return name === 'VideoRejected';
}
