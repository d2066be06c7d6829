import type { IncomingMessage } from 'node:http';
import { Failure } from '../core/failure.ts';
import { IMAGE_HEAD_BYTES, type Inspection, inspectImage } from '../core/image.ts';
import { reasonOf } from './http-exchange.ts';
import { publicGet, type Reach } from './public-get.ts';

/** After so many bytes it is looked at; most images tell their width and height within the first of these. */
const LOOKS: readonly number[] = [4_000, 32_000, 128_000, 512_000, IMAGE_HEAD_BYTES];

/** Answers that nobody gets another of. */
const GONE: readonly number[] = [404, 410];

/** What is known of an image that lies somewhere else: `unreadable` to us, which it need not be to MiniMax. */
export type Glimpse = Inspection | { readonly verdict: 'unreadable'; readonly why: string };

/**
 * Looks at the image that a link leads to, with the rules of a download, and reads no more of it than its size needs.
 * What nobody can read (an address that is not public, a file that is not there) is `wrong`.
 */
export async function glimpse(link: string, reach: Reach, signal: AbortSignal): Promise<Glimpse> {
  const headers = { range: `bytes=0-${IMAGE_HEAD_BYTES - 1}` };
  try {
    const { response, host } = await publicGet(link, headers, reach, signal);
    try {
      return await inspectAnswer(response, host);
    } finally {
      response.destroy();
    }
  } catch (error) {
    const isForNobody = error instanceof Failure && (error.name === 'VideoRejected' || isNameless(error));
    return isForNobody
      ? { verdict: 'wrong', why: `cannot be had: ${withoutFullStop(error.message)}` }
      : { verdict: 'unreadable', why: reasonOf(error) };
  }
}

/** Does the name of its host have no address at all? */
function isNameless({ cause }: Failure): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOTFOUND';
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

async function inspectAnswer(response: IncomingMessage, host: string): Promise<Glimpse> {
  const { statusCode = 0, headers } = response;
  if (GONE.includes(statusCode))
    return { verdict: 'wrong', why: `is not there: ${host} answers HTTP ${statusCode}` };
  if ((statusCode !== 200 && statusCode !== 206) || headers['content-encoding'] !== undefined)
    return { verdict: 'unreadable', why: `${host} answers HTTP ${statusCode}` };
  const totalBytes = totalOf(response);
  const looks = [...LOOKS];
  let head = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    head = Buffer.concat([head, chunk]);
    const due = looks.filter((bytes) => bytes <= head.length).length;
    if (due === 0) continue;
    looks.splice(0, due);
    const inspected = inspectImage(head, totalBytes);
    if (inspected.verdict !== 'unclear' || looks.length === 0) return inspected;
  }
  return inspectImage(head, totalBytes ?? (statusCode === 200 ? head.length : undefined));
}

/** How long the whole file is, where its server says so. */
function totalOf({ statusCode, headers }: IncomingMessage): number | undefined {
  const text =
    statusCode === 206
      ? /^bytes 0-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
      : headers['content-length'];
  return text === undefined ? undefined : Number(text);
}
