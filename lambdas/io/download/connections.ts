import type { IncomingMessage } from 'node:http';
import { hasRest } from '../../core/download/remote-file.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure, NO_WORD_OF_TASK } from '../../core/failure.ts';
import { type FetchPolicy, guardedGet, unreachable } from '../http/guarded-get.ts';
import { createConnectionBudget } from './connection-budget.ts';
import { acceptResponse, ResumeRejected, toRangeHeaders } from './range-request.ts';
import type { DownloadState } from './state.ts';

/** Answers after which MiniMax is asked for another link. */
const LINK_EXPIRED: readonly number[] = [403, 404, 410];

export interface Source extends FetchPolicy {
  readonly maxMegabytes: number;
  /** The pause after a first failed connection. It doubles with each failure. */
  readonly pauseSeconds: number;
  /** Asks for the link, at first and when it has expired. */
  readonly askForLink: () => Promise<string>;
}

/** The connections of one download, one after another. */
export interface ConnectionManager {
  /**
   * The next connection that continues the file.
   * @throws Failure `VideoUnreachable` when no connection is left, `ResumeRejected` when only the whole file is available
   */
  open(state: DownloadState, signal: AbortSignal): Promise<IncomingMessage>;
  /** Called when new bytes arrive. */
  onBytes(): void;
  /** Called when the connection ends early. */
  onDisconnect(why: string): void;
  /** Called when the file is no video. The link may lead to one later, or MiniMax may give another link. */
  onNotPlayable(): void;
  /** How many connections continued a broken one with new bytes. */
  resumes(): number;
}

/** One closure, because its functions share the state of one download. */
export function createConnectionManager(source: Source): ConnectionManager {
  const budget = createConnectionBudget(source.pauseSeconds);
  let link: string | undefined;
  let lastFailure: Error = unreachable('nothing was tried');
  let brokenBy = 'an earlier attempt was stopped';
  let resumes = 0;
  let isResuming = false;

  async function follow(state: DownloadState, signal: AbortSignal): ReturnType<typeof guardedGet> {
    link ??= await source.askForLink();
    return guardedGet(link, toRangeHeaders(state), source, signal);
  }

  async function tryOnce(state: DownloadState, signal: AbortSignal): Promise<IncomingMessage | undefined> {
    const got = await follow(state, signal).catch((error: unknown) => {
      if (!isTransient(error, state)) throw error;
      lastFailure = isForbidden(error) ? new RetryableError('LinkNotAllowed', error.message) : error;
      // A gateway may have redirected wrongly, or MiniMax may give another link.
      if (isForbidden(error)) link = undefined;
    });
    if (got === undefined) return undefined;
    const { response, host } = got;
    try {
      const why = acceptResponse(response, state);
      if (why === undefined) return response;
      lastFailure = unreachable(`the server of ${host} ${why}`);
    } catch (error) {
      response.destroy();
      throw error;
    }
    response.destroy();
    if (LINK_EXPIRED.includes(response.statusCode ?? 0)) link = undefined;
    return undefined;
  }

  return {
    async open(state, signal) {
      for (;;) {
        if (state.bytes > 0 && !hasRest(state.file))
          throw new ResumeRejected(`${brokenBy}, and its server offers no way to go on from there`);
        if (!(await budget.take(signal))) throw lastFailure;
        const response = await tryOnce(state, signal);
        isResuming = state.bytes > 0;
        if (response !== undefined) return response;
      }
    },
    onBytes() {
      budget.onBytes();
      if (isResuming) resumes += 1;
      isResuming = false;
    },
    onDisconnect(why) {
      brokenBy = why;
      lastFailure = unreachable(why);
    },
    onNotPlayable() {
      budget.onNotPlayable();
      link = undefined;
    },
    resumes: () => resumes,
  };
}

/** Before the first byte, an error of MiniMax is left to the retries of the workflow. Later it would cost the connection's progress. */
function isTransient(error: unknown, { bytes }: DownloadState): error is Failure {
  if (!(error instanceof Failure)) return false;
  const isAboutTask = NO_WORD_OF_TASK.includes(error.name);
  return error.name === 'VideoUnreachable' || isForbidden(error) || (isAboutTask && bytes > 0);
}

/** Whether a link or a redirect breaks a rule. Then no connection was made to it. */
function isForbidden({ name }: Failure): boolean {
  return name === 'VideoRejected';
}
