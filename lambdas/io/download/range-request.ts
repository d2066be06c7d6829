import type { IncomingMessage } from 'node:http';
import { hasRest, isPage, toBeginning, validateRangeResponse } from '../../core/download/remote-file.ts';
import { Failure } from '../../core/failure.ts';
import { type DownloadState, formatProgress } from './state.ts';

/** Answers to a range request that no repetition changes. Any other answer may be different the next time. */
const NO_REST: readonly number[] = [412, 416];

/** The rest of a partial file is not available: the file has to be downloaded from its first byte. */
export class ResumeRejected extends Failure {
  constructor(why: string) {
    super('VideoUnreachable', `The download failed: ${why}.`);
  }
}

/** Header fields that ask for the rest of a file of which a part has come: `Range` and `If-Range`. */
export function toRangeHeaders({ bytes, tail, file }: DownloadState): Readonly<Record<string, string>> {
  if (bytes === 0 || !hasRest(file)) return {};
  const range = `bytes=${bytes - tail.length}-`;
  return file.validator === undefined ? { range } : { range, 'if-range': file.validator };
}

/**
 * Notes in the state what an answer says of the file.
 * @returns why the answer is of no use, or undefined where its body continues the download
 * @throws ResumeRejected where the file is another one, or its rest is not available
 */
export function acceptResponse(response: IncomingMessage, state: DownloadState): string | undefined {
  return state.bytes > 0 ? acceptRest(response, state) : acceptBeginning(response, state);
}

function acceptBeginning(response: IncomingMessage, state: DownloadState): string | undefined {
  const beginning = toBeginning(response);
  if ('why' in beginning) return beginning.why;
  state.file = beginning.file;
  return undefined;
}

function acceptRest(response: IncomingMessage, state: DownloadState): string | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 206) {
    const isWholeFile = !('why' in toBeginning(response)) && !isPage(response);
    if (!isWholeFile && !NO_REST.includes(statusCode)) return `answered HTTP ${statusCode}`;
    throw new ResumeRejected(
      `it broke off after ${formatProgress(state)}, and its server does not send the rest (HTTP ${statusCode})`,
    );
  }
  const rest = validateRangeResponse(state.file, state.bytes - state.tail.length, headers);
  if ('why' in rest) throw new ResumeRejected(rest.why);
  state.file = rest.file;
  return undefined;
}
