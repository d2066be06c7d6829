import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { inspectWhole } from '../lambdas/core/image.ts';
import type { ImageType } from '../lambdas/core/image-limits.ts';
import { type ExistingTaskRequest, type NewTaskRequest, toVideoRequest } from '../lambdas/core/request.ts';
import { Explained } from './explained.ts';

/** A flag that cannot be used as it was given; the message says what is allowed. */
export class WrongFlag extends Explained {}

/** An image for the template: the URL of one, the bytes of a local file, or that of MiniMax's own example. */
export type Image =
  | { readonly url: string }
  | { readonly bytes: Buffer; readonly type: ImageType }
  | 'example';

/** What is to be made, and where it is to be put. */
export interface StartFlags {
  /** The body to POST, but for its images. */
  readonly request: ExistingTaskRequest | NewTaskRequest;
  readonly images: readonly Image[];
  /** The MP4 file, or the folder to put it into. */
  readonly out: string;
}

/** The flags that say what is to be made. */
export const REQUEST_HELP = `  --template ID   the template (393769180141805569, Run for Life)
  --media IMAGE   an image for it: a URL, or a local JPEG, PNG or WebP file; repeatable
  --text TEXT     a text for it, such as Lion; repeatable
  --task ID       no new video: wait for this MiniMax task and fetch its video
  --out PATH      the .mp4 file to write, or the folder for it (out)`;

export const START_HELP = `Makes one video from a MiniMax template on this machine.

  npm start -- [flags]

${REQUEST_HELP}
  --help          this text

Without --template, the image and the text of MiniMax's own example are used for what is not given.
With MINIMAX_API_KEY set, the real MiniMax is asked, and paid; without, a simulated one answers.
MINIMAX_API_HOST is its host where that is not https://api.minimax.io.
`;

/** The example of MiniMax's guide; its image depends on who is asked. */
const EXAMPLE = { template: '393769180141805569', text: 'Lion' } as const;

export const REQUEST_OPTIONS = {
  template: { type: 'string' },
  media: { type: 'string', multiple: true },
  text: { type: 'string', multiple: true },
  task: { type: 'string' },
  out: { type: 'string', default: 'out' },
  help: { type: 'boolean', default: false },
} as const;

/** @returns undefined when help was asked for. @throws WrongFlag */
export async function parseStartFlags(args: readonly string[]): Promise<StartFlags | undefined> {
  const values = parse(args, REQUEST_OPTIONS);
  return values.help ? undefined : toStartFlags(values);
}

/** Their values. */
interface RequestValues {
  readonly template?: string | undefined;
  readonly media?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly task?: string | undefined;
  readonly out: string;
}

/** @throws WrongFlag */
export async function toStartFlags({ template, media, text, task, out }: RequestValues): Promise<StartFlags> {
  if (task !== undefined) {
    if (template !== undefined || media !== undefined || text !== undefined) {
      throw new WrongFlag(
        '--task takes up a task that exists, so --template, --media and --text do not go with it.',
      );
    }
    refuseWrong({ task_id: task });
    return { request: { task_id: task }, images: [], out };
  }
  const isExample = template === undefined;
  const images = await Promise.all(media?.map(toImage) ?? (isExample ? (['example'] as const) : []));
  const text_inputs = (text ?? (isExample ? [EXAMPLE.text] : [])).map((value) => ({ value }));
  const request = { template_id: template ?? EXAMPLE.template, text_inputs };
  const media_inputs = images.flatMap((image) =>
    image !== 'example' && 'url' in image ? [{ value: image.url }] : [],
  );
  refuseWrong({ ...request, media_inputs });
  return { request, images, out };
}

export const DEV_HELP = `Keeps the whole service up on this machine.

  npm run dev -- [flags]

  --port PORT     the HTTPS trigger's port, here plain HTTP (3000)
  --doorbell      MiniMax, here the simulated one, rings when a task changes
  --max-workers N how many instances of each function may run at once (10)
  --help          this text
`;

export interface DevFlags {
  readonly port: number;
  readonly doorbell: boolean;
  readonly maxWorkers: number;
}

/** @returns undefined when help was asked for. @throws WrongFlag */
export function parseDevFlags(args: readonly string[]): DevFlags | undefined {
  const {
    port,
    doorbell,
    help,
    'max-workers': maxWorkers,
  } = parse(args, {
    port: { type: 'string', default: '3000' },
    doorbell: { type: 'boolean', default: false },
    'max-workers': { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  } as const);
  if (help) return undefined;
  return {
    port: toWholeNumber('--port', port, { from: 0, to: 65_535 }),
    doorbell,
    maxWorkers: toWholeNumber('--max-workers', maxWorkers, { from: 1, to: 1000 }),
  };
}

/** @throws WrongFlag */
function toWholeNumber(
  flag: string,
  value: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new WrongFlag(`${flag} is "${value}"; allowed is a whole number from ${from} to ${to}.`);
}

/** @throws WrongFlag */
export function parse<Options extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
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
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw new WrongFlag(`--media ${media} ${inspected.why}.`);
  return { bytes, type: inspected.type };
}
