import { randomUUID } from 'node:crypto';
import { isExecutionName } from '../../lambdas/core/execution-name.ts';
import type { LocalEnvironment } from '../environment.ts';
import { parse, REQUEST_HELP, REQUEST_OPTIONS, type StartFlags, toStartFlags, WrongFlag } from '../flags.ts';

/** What is to be made with a deployed stack, and how that is reached. */
export interface VideoFlags extends StartFlags {
  /** The address to POST to, where it is not to be asked of the stack. */
  readonly url: string | undefined;
  readonly stack: string;
  /** An API key, instead of a signature. */
  readonly key: string | undefined;
  /** Whether the key stands in the command, and not in the environment. */
  readonly isKeyFlag: boolean;
  /** A video that has been started already: nothing is POSTed. */
  readonly video: string | undefined;
  readonly idempotencyKey: string;
  readonly isJson: boolean;
}

export const VIDEO_HELP = `Makes one video with a deployed stack, which MiniMax is paid for, and downloads it.

  npm run video -- [flags]

${REQUEST_HELP}
  --stack NAME    the stack, which says where to POST (TemplateVideo)
  --url URL       its output VideosUrl, so that the stack need not be asked
  --key KEY       an API key, for a stack with auth=key; otherwise requests are signed with your AWS credentials.
                  TEMPLATE_VIDEO_API_KEY in the environment is the same, and stays out of the list of processes
  --video ID      no new video: wait for this one and fetch it
  --idempotency-key KEY
                  names the request; sent again with the same key, it is not paid for again (a new one each time)
  --json          print the video as JSON instead of the file's path; npm prints too, unless it is npm run --silent
  --help          this text

Without --template, the image and the text of MiniMax's own example are used for what is not given.
Progress goes to the standard error stream, the result to the standard output.
`;

/** @returns undefined when help was asked for. @throws WrongFlag */
export async function parseVideoFlags(
  args: readonly string[],
  { templateVideoApiKey }: Pick<LocalEnvironment, 'templateVideoApiKey'> = {},
): Promise<VideoFlags | undefined> {
  const values = parse(args, {
    ...REQUEST_OPTIONS,
    stack: { type: 'string', default: 'TemplateVideo' },
    url: { type: 'string' },
    key: { type: 'string' },
    video: { type: 'string' },
    'idempotency-key': { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const);
  if (values.help) return undefined;
  const { stack, url, video, 'idempotency-key': idempotencyKey = randomUUID(), json, ...rest } = values;
  const key = values.key ?? templateVideoApiKey;
  if (url !== undefined) refuseUnlessVideosUrl(url);
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new WrongFlag(
      `${values.key === undefined ? 'TEMPLATE_VIDEO_API_KEY' : '--key'} is not a key: it has no spaces and only ASCII characters.`,
    );
  if (!/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(idempotencyKey))
    throw new WrongFlag(
      '--idempotency-key takes 1 to 255 printable ASCII characters, without spaces around them.',
    );
  if (video !== undefined && !isExecutionName(video))
    throw new WrongFlag(`--video is "${video}"; allowed is the id of a video.`);
  const ordered = [rest.template, rest.media, rest.text, rest.task, values['idempotency-key']];
  if (video !== undefined && ordered.some((flag) => flag !== undefined))
    throw new WrongFlag('--video waits for a video that exists, so no flag of a new one goes with it.');
  return {
    ...(await toStartFlags(rest)),
    url: url && toOwnHost(url).replace(/\/$/, ''),
    stack,
    key,
    isKeyFlag: values.key !== undefined,
    video,
    idempotencyKey,
    isJson: json,
  };
}

/** A key or a signature must not go over the net in the clear. */
function refuseUnlessVideosUrl(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (isSafe && /\/videos\/?$/.test(url.pathname) && url.search === '' && url.username === '') return;
  throw new WrongFlag(
    `--url is "${given}"; allowed is the stack's output VideosUrl, as in https://…/prod/videos (http only on this machine).`,
  );
}

/** The local service is at 127.0.0.1 alone, and redirects what asks for `localhost`. */
function toOwnHost(url: string): string {
  return url.replace(/^http:\/\/localhost(?=[:/])/i, 'http://127.0.0.1');
}

/** Does this address lead to this very machine? */
export function isLoopback({ hostname }: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
