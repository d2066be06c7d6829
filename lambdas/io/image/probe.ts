import type { IncomingMessage } from 'node:http';
import { isAddress } from '../../core/download/public-address.ts';
import { assertPublicAddress, PrivateAddress } from '../../core/download/url-policy.ts';
import { type Inspection, inspectImage } from '../../core/image/image.ts';
import { type FetchPolicy, guardedGet } from '../http/guarded-get.ts';
import { reasonOf } from '../http/send-once.ts';

/** After how many bytes the image is inspected; no more are read. Most images have their size in the first 4,000. */
const PROBE_SIZES = [4_000, 32_000, 128_000, 512_000, 1_000_000] as const;

/** HTTP statuses that MiniMax would get too. */
const NOT_THERE: readonly number[] = [404, 410];

/** What is known of an image on another host. `unreadable` means from here: MiniMax may be able to read it. */
export type ProbeResult = Inspection | { readonly outcome: 'unreadable'; readonly why: string };

/**
 * Inspects the image of a link under the policy of a download, and reads only as much as its size needs. What MiniMax cannot
 * read either (a private address, a file that is not there) is `wrong`. What only our policy or our network prevents is
 * `unreadable`: a name that is unknown here may be known to MiniMax.
 */
export async function probeImage(
  link: string,
  policy: FetchPolicy,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const headers = { range: `bytes=0-${PROBE_SIZES.at(-1)}` };
  try {
    rejectPrivateLiteral(link, policy);
    const { response, host } = await guardedGet(link, headers, policy, signal);
    try {
      const result = await inspectAnswer(response, host);
      return result.outcome === 'wrong' && wasUpgradedToHttps(link, policy) ? unreadable(result.why) : result;
    } finally {
      response.destroy();
    }
  } catch (error) {
    return error instanceof PrivateAddress
      ? { outcome: 'wrong', why: `cannot be read: ${error.message.replace(/\.$/, '')}` }
      : unreadable(reasonOf(error));
  }
}

/** Comes before the policy's own rules (such as that of ports), which would make the result `unreadable`. */
function rejectPrivateLiteral(link: string, { trustedOrigins }: FetchPolicy): void {
  const { origin, hostname } = new URL(link);
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isAddress(literal) && !trustedOrigins.includes(origin)) assertPublicAddress(hostname, literal);
}

/** An http link is fetched over https, where another site than that of the link may answer. */
function wasUpgradedToHttps(link: string, { trustedOrigins }: FetchPolicy): boolean {
  const { protocol, origin } = new URL(link);
  return protocol === 'http:' && !trustedOrigins.includes(origin);
}

async function inspectAnswer(response: IncomingMessage, host: string): Promise<ProbeResult> {
  const { statusCode = 0, headers } = response;
  if (NOT_THERE.includes(statusCode))
    return { outcome: 'wrong', why: `is not there: ${host} answers HTTP ${statusCode}` };
  if (statusCode !== 200 && statusCode !== 206) return unreadable(`${host} answers HTTP ${statusCode}`);
  const coding = headers['content-encoding'];
  if (coding !== undefined) return unreadable(`${host} answers in the coding ${coding.slice(0, 20)}`);

  const totalBytes = totalOf(response);
  let sizes: readonly number[] = PROBE_SIZES;
  let head = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    head = Buffer.concat([head, chunk]);
    const left = sizes.filter((bytes) => bytes > head.length);
    if (left.length === sizes.length) continue;
    sizes = left;
    const inspected = inspectImage(head, totalBytes);
    if (inspected.outcome !== 'unclear' || sizes.length === 0) return inspected;
  }
  return inspectImage(head, totalBytes ?? (statusCode === 200 ? head.length : undefined));
}

/** The length of the whole file, where its server sends it. */
function totalOf({ statusCode, headers }: IncomingMessage): number | undefined {
  const text =
    statusCode === 206
      ? /^bytes 0-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
      : headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

function unreadable(why: string): ProbeResult {
  return { outcome: 'unreadable', why };
}
