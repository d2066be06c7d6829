import type { IncomingMessage } from 'node:http';
import { isAddress } from '../../core/download/public-address.ts';
import { PrivateAddress, refuseUnlessPublic } from '../../core/download/url-policy.ts';
import { type Inspection, inspectImage } from '../../core/image/image.ts';
import { type FetchPolicy, guardedGet } from '../http/guarded-get.ts';
import { reasonOf } from '../http/send-once.ts';

/** After so many bytes it is looked at, and after the last of them no further; most images tell their size within the first. */
const LOOKS = [4_000, 32_000, 128_000, 512_000, 1_000_000] as const;

/** Answers that nobody gets another of. */
const GONE: readonly number[] = [404, 410];

/** What is known of an image that lies somewhere else: `unreadable` to us, which it need not be to MiniMax. */
export type ProbeResult = Inspection | { readonly verdict: 'unreadable'; readonly why: string };

/**
 * Looks at the image that a link leads to, with the rules of a download, and reads no more of it than its size needs.
 * What MiniMax cannot read either (an address that is not public, a file that is not there) is `wrong`. What our own rules or
 * our own network keep us from is `unreadable`: that no name is found here does not say that MiniMax finds none.
 */
export async function probeImage(
  link: string,
  reach: FetchPolicy,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const headers = { range: `bytes=0-${LOOKS[LOOKS.length - 1]}` };
  try {
    refusePrivateLiteral(link, reach);
    const { response, host } = await guardedGet(link, headers, reach, signal);
    try {
      const seen = await inspectAnswer(response, host);
      return seen.verdict === 'wrong' && wasAskedOtherwise(link, reach) ? unreadable(seen.why) : seen;
    } finally {
      response.destroy();
    }
  } catch (error) {
    return error instanceof PrivateAddress
      ? { verdict: 'wrong', why: `cannot be had: ${error.message.replace(/\.$/, '')}` }
      : unreadable(reasonOf(error));
  }
}

/** Before the rules that only we have, such as the one of ports, can end the look. */
function refusePrivateLiteral(link: string, { trustedOrigins }: FetchPolicy): void {
  const { origin, hostname } = new URL(link);
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isAddress(literal) && !trustedOrigins.includes(origin)) refuseUnlessPublic(hostname, literal);
}

/** A link that says http is tried as https, where another site may answer than the one that was meant. */
function wasAskedOtherwise(link: string, { trustedOrigins }: FetchPolicy): boolean {
  const { protocol, origin } = new URL(link);
  return protocol === 'http:' && !trustedOrigins.includes(origin);
}

async function inspectAnswer(response: IncomingMessage, host: string): Promise<ProbeResult> {
  const { statusCode = 0, headers } = response;
  if (GONE.includes(statusCode))
    return { verdict: 'wrong', why: `is not there: ${host} answers HTTP ${statusCode}` };
  if (statusCode !== 200 && statusCode !== 206) return unreadable(`${host} answers HTTP ${statusCode}`);
  const coding = headers['content-encoding'];
  if (coding !== undefined) return unreadable(`${host} answers in the coding ${coding.slice(0, 20)}`);

  const totalBytes = totalOf(response);
  const looks = [...LOOKS] as number[];
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

function unreadable(why: string): ProbeResult {
  return { verdict: 'unreadable', why };
}
