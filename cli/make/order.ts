import { readFile, stat } from 'node:fs/promises';
import { toVideoRequest } from '../../lambdas/core/api/request.ts';
import { inspectWhole } from '../../lambdas/core/image/image.ts';
import { IMAGE_LIMIT_BYTES } from '../../lambdas/core/image/limits.ts';
import { template as templateKind } from '../../lambdas/core/minimax/template.ts';
import { type TemplateRequest, toTemplateRequest } from '../../lambdas/core/minimax/template-request.ts';
import { UsageError } from '../../local/user-error.ts';
import { EXAMPLE } from '../example.ts';

/** The flags that describe the video. */
export interface RequestValues {
  /** An id. */
  readonly template?: string | undefined;
  readonly media?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly task?: string | undefined;
}

/** A local image that is uploaded. */
export interface LocalImage {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An image for the template: the URL of one, a local file, or that of MiniMax's own example. */
export type OrderedImage = { readonly url: string } | LocalImage | 'example';

/** The request of a person, with its images. */
export type Order =
  | { readonly task: string }
  | {
      readonly template: string;
      readonly texts: readonly string[];
      readonly images: readonly OrderedImage[];
    };

/** @throws UsageError */
export async function toOrder({ template, media, text, task }: RequestValues): Promise<Order> {
  if (task !== undefined) {
    if (template !== undefined || media !== undefined || text !== undefined) {
      throw new UsageError(
        '--task adopts a task that exists, so --template, --media and --text cannot be used with it.',
      );
    }
    assertValidRequest({ task_id: task });
    return { task };
  }
  const isExample = template === undefined;
  const images = await Promise.all(media?.map(toImage) ?? (isExample ? (['example'] as const) : []));
  const id = template ?? EXAMPLE.template;
  const texts = text ?? (isExample ? [EXAMPLE.text] : []);
  const urls = images.flatMap((image) => (image !== 'example' && 'url' in image ? [image.url] : []));
  assertValidRequest(toTemplateRequest(id, texts, urls));
  return { template: id, texts, images };
}

/** A request whose images have values of this type. */
export type OrderRequest<Value> =
  | { readonly task_id: string }
  | (Omit<TemplateRequest, 'media_inputs'> & { readonly media_inputs: { readonly value: Value }[] });

/** The request with a value for each image: what is sent, what is uploaded, or what is shown. */
export function toRequest<Value>(order: Order, toValue: (image: OrderedImage) => Value): OrderRequest<Value> {
  if ('task' in order) return { task_id: order.task };
  const media_inputs = order.images.map((image) => ({ value: toValue(image) }));
  return { ...toTemplateRequest(order.template, order.texts), media_inputs };
}

/** Checks a request as the service does, and names the flag instead of the field. */
function assertValidRequest(request: object): void {
  const checked = toVideoRequest(request);
  if (checked.ok) return;
  const flagOf = (pointer: string): string => FLAGS[pointer.split('/')[1] ?? ''] ?? pointer;
  throw new UsageError(
    checked.issues.map(({ pointer, detail }) => `${flagOf(pointer)} ${detail}.`).join('\n'),
  );
}

const FLAGS: Readonly<Record<string, string>> = {
  task_id: '--task',
  [templateKind.field]: '--template',
  media_inputs: '--media',
  text_inputs: '--text',
};

async function toImage(media: string): Promise<OrderedImage> {
  if (/^[a-z0-9]{2,}:/i.test(media)) return { url: media };
  return readImage('--media', media);
}

/** A device or a pipe may have no end. @throws Error for what is no file, or larger than an image may be */
async function readFileWithin(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size >= IMAGE_LIMIT_BYTES)
    throw new Error(`it has ${found.size} bytes; MiniMax accepts images under ${IMAGE_LIMIT_BYTES}`);
  return readFile(path);
}

/** @param what the flag or the word. @param allowed what may be given instead. @throws UsageError for what is no image that MiniMax takes */
export async function readImage(
  what: string,
  path: string,
  allowed = 'a URL or a local image file',
): Promise<LocalImage> {
  const bytes = await readFileWithin(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${what} "${path}" cannot be read (${error.code ?? error.message}); allowed is ${allowed}.`,
    );
  });
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw new UsageError(`${what} "${path}" ${inspected.why}.`);
  return { path, bytes: new Uint8Array(bytes) };
}
