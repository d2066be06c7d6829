import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { IMAGE_HEAD_BYTES, imageTypeOf, MAX_IMAGE_BYTES } from '../lambdas/core/image.ts';
import { type ExistingTaskRequest, type NewTaskRequest, toVideoRequest } from '../lambdas/core/request.ts';

/** A flag that cannot be used as it was given; the message says what is allowed. */
export class WrongFlag extends Error {}

/** An image for the template: the URL of one, or the bytes of a local file. */
export type Image = { readonly url: string } | { readonly bytes: Buffer; readonly type: string };

export interface StartFlags {
  /** The body to POST, but for its images. */
  readonly request: ExistingTaskRequest | NewTaskRequest;
  readonly images: readonly Image[];
  /** The MP4 file, or the folder to put it into. */
  readonly out: string;
}

export const START_HELP = `Makes one video from a MiniMax template on this machine.

  npm start -- [flags]

  --template ID   the template (393769180141805569, Run for Life)
  --media IMAGE   an image for it: a URL, or a local JPEG, PNG or WebP file; repeatable
  --text TEXT     a text for it, such as Lion; repeatable
  --task ID       no new video: wait for this MiniMax task and fetch its video
  --out PATH      the .mp4 file to write, or the folder for it (out)
  --help          this text

Without --template, the image and the text of MiniMax's own example are used for what is not given.
With MINIMAX_API_KEY set, the real MiniMax is asked, and paid; without, a simulated one answers.
MINIMAX_API_HOST is its host where that is not https://api.minimax.io.
`;

/** The example of MiniMax's guide. */
const EXAMPLE = {
  template: '393769180141805569',
  media:
    'https://cdn.hailuoai.com/prod/2024-09-18-16/user/multi_chat_file/9c0b5c14-ee88-4a5b-b503-4f626f018639.jpeg',
  text: 'Lion',
} as const;

/** @returns undefined when help was asked for. @throws WrongFlag */
export async function parseStartFlags(args: readonly string[]): Promise<StartFlags | undefined> {
  const values = parse(args, {
    template: { type: 'string' },
    media: { type: 'string', multiple: true },
    text: { type: 'string', multiple: true },
    task: { type: 'string' },
    out: { type: 'string', default: 'out' },
    help: { type: 'boolean', default: false },
  } as const);
  if (values.help) return undefined;
  const { template, media, text, task, out } = values;
  if (task !== undefined) {
    if (template !== undefined || media !== undefined || text !== undefined) {
      throw new WrongFlag(
        '--task takes up a task that exists, so --template, --media and --text do not go with it.',
      );
    }
    refuseWrong({ task_id: task });
    return { request: { task_id: task }, images: [], out };
  }
  const fallback =
    template === undefined ? { media: [EXAMPLE.media], text: [EXAMPLE.text] } : { media: [], text: [] };
  const images = await Promise.all((media ?? fallback.media).map(toImage));
  const text_inputs = (text ?? fallback.text).map((value) => ({ value }));
  const request = { template_id: template ?? EXAMPLE.template, text_inputs };
  refuseWrong({
    ...request,
    media_inputs: images.flatMap((image) => ('url' in image ? [{ value: image.url }] : [])),
  });
  return { request, images, out };
}

export const DEV_HELP = `Keeps the whole service up on this machine.

  npm run dev -- [flags]

  --port PORT     the HTTPS trigger's port, here plain HTTP (3000)
  --help          this text
`;

/** @returns undefined when help was asked for. @throws WrongFlag */
export function parseDevFlags(args: readonly string[]): { readonly port: number } | undefined {
  const { port, help } = parse(args, {
    port: { type: 'string', default: '3000' },
    help: { type: 'boolean', default: false },
  } as const);
  if (help) return undefined;
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return { port: Number(port) };
  throw new WrongFlag(`--port is "${port}"; allowed is a whole number from 0 to 65535.`);
}

function parse<Options extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new WrongFlag(error instanceof Error ? error.message : String(error));
  }
}

/** Checks a request as the service will, and names the flag instead of the field. */
function refuseWrong(request: object): void {
  const checked = toVideoRequest(request);
  if (checked.ok) return;
  const flagOf = (pointer: string): string => FLAGS[pointer.split('/')[1] ?? ''] ?? pointer;
  throw new WrongFlag(
    checked.faults.map(({ pointer, detail }) => `${flagOf(pointer)} ${detail}.`).join('\n'),
  );
}

const FLAGS: Readonly<Record<string, string>> = {
  task_id: '--task',
  template_id: '--template',
  media_inputs: '--media',
  text_inputs: '--text',
};

async function toImage(media: string): Promise<Image> {
  if (/^[a-z0-9]{2,}:/i.test(media)) return { url: media };
  const bytes = await readFile(media).catch((error: NodeJS.ErrnoException) => {
    throw new WrongFlag(
      `--media ${media} cannot be read (${error.code}); allowed is a URL or a local image file.`,
    );
  });
  const type = imageTypeOf(bytes.subarray(0, IMAGE_HEAD_BYTES).toString('hex'));
  if (type === undefined) throw new WrongFlag(`--media ${media} is not a JPEG, PNG or WebP image.`);
  if (bytes.length <= MAX_IMAGE_BYTES) return { bytes, type };
  throw new WrongFlag(
    `--media ${media} has ${bytes.length} bytes; MiniMax takes images of up to ${MAX_IMAGE_BYTES}.`,
  );
}
